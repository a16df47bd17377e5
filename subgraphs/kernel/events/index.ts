/** Owns the durable feed of changes: appended in the transaction of the change, read without a gap, kept for a while. */
export { appendEvents, type NewEvent } from './append.js';
export { parseCursor as positionOfCursor, toCursor as cursorOfPosition, type Cursor } from './cursor.js';
export { Entitlement, type EntitledEvent, type EntitlementRequest } from './entitlement.js';
export { feedOf, type EventFeed, type FeedSettings, type FeedSubscriber } from './feed.js';
export type { EventFilter } from './filter.js';
export { readHorizon, type Horizon } from './horizon.js';
export { followEvents, type FollowOptions } from './follow.js';
export { currentCursor, readEvents, type Event, type EventPage, type ReadOptions } from './read.js';
export { expireEvents } from './retention.js';
