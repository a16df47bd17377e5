/** Reads the feed in pages. */
import { badInput } from '../errors/index.js';
import { sql, type Queryable } from '../db/index.js';
import { cursorAhead, cursorExpired, parseCursor, toCursor, type Cursor } from './cursor.js';
import { filterSql, type EventFilter } from './filter.js';
import { readHorizon } from './horizon.js';

export interface Event {
  /** Resume after this event with it. */
  readonly cursor: Cursor;
  readonly position: number;
  readonly type: string;
  readonly id: string;
  readonly action: string;
  readonly repository: string | null;
  readonly account: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** When the transaction of the change began, RFC 3339. */
  readonly occurredAt: string;
}

export interface EventPage {
  readonly events: readonly Event[];
  /** Where the next page begins; past every event that was looked at, also those that the filter left out. */
  readonly next: Cursor;
  /** Whether the page ended because of `limit`. */
  readonly more: boolean;
}

export interface ReadOptions extends EventFilter {
  /** Null reads from the oldest event that is kept. */
  readonly after: Cursor | null;
  /** 1–1,000 events. */
  readonly limit: number;
}

const longestPage = 1_000;

/**
 * Events after a cursor, in commit order for each entity, none skipped. `db` must see what was committed between two of
 * its statements: not a transaction of isolation `repeatable read`. Throws CURSOR_INVALID and CURSOR_EXPIRED.
 */
export async function readEvents(db: Queryable, { after, limit, ...filter }: ReadOptions): Promise<EventPage> {
  if (!Number.isInteger(limit) || limit < 1 || limit > longestPage) {
    throw badInput(`Ask for 1 to ${longestPage} events at once.`);
  }
  const position = after === null ? null : parseCursor(after);
  const horizon = await readHorizon(db);
  if (position !== null && position > horizon.last) throw cursorAhead();
  const page = await readPage(db, { after: position, upTo: horizon.position, limit, filter });
  return { events: page.events, next: toCursor(page.next), more: page.more };
}

/** The cursor after everything that can be read now. */
export async function currentCursor(db: Queryable): Promise<Cursor> {
  return toCursor((await readHorizon(db)).position);
}

export interface PageRequest {
  readonly after: number | null;
  /** At most the horizon. */
  readonly upTo: number;
  readonly limit: number;
  readonly filter: EventFilter;
}

export interface PositionPage {
  readonly events: readonly Event[];
  readonly next: number;
  readonly more: boolean;
}

type Row = Omit<Event, 'cursor' | 'position'> & { readonly position: number | null; readonly expired: number };

/** As {@link readEvents}, by position. Throws CURSOR_EXPIRED. */
export async function readPage(db: Queryable, { after, upTo, limit, filter }: PageRequest): Promise<PositionPage> {
  // What is expired comes with the events, from one snapshot: retention can't remove some in between and go unnoticed.
  const rows = await db.query<Row>(sql`/* kernel.eventsRead */
    select h.expired_position as expired, page.*
    from platform.event_horizon h
    left join lateral (
      select e.position, e.entity_type as type, e.entity_id as id, e.action, e.repository, e.account, e.payload,
        e.occurred_at as "occurredAt"
      from platform.events e
      where e.position > ${after ?? 0} and e.position <= ${upTo} ${filterSql(filter)}
      order by e.position limit ${limit}
    ) as page on true
    order by page.position`);
  const expired = rows[0]?.expired ?? 0;
  if (after !== null && after < expired) throw cursorExpired();
  const events = rows.flatMap(({ expired: _, position, ...event }): Event[] =>
    position === null ? [] : [{ cursor: toCursor(position), position, ...event }],
  );
  const more = events.length === limit;
  const lookedAt = Math.max(upTo, after ?? 0, expired);
  return { events, more, next: more ? (events.at(-1)?.position ?? lookedAt) : lookedAt };
}
