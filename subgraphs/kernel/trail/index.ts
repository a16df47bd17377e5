/** Owns what the audit trail is watched and proven by. */
export { countedUpTo, findMissingEntries, readTrailState, type TrailState } from './state.js';
export { TrailWatch, type TrailCondition } from './watch.js';
