/** Appends to the feed. */
import { sql, type Queryable } from '../db/index.js';

export interface NewEvent {
  /** GraphQL type of the entity. */
  readonly type: string;
  /** Its global id. */
  readonly id: string;
  /** Past tense, e.g. `buildCompleted`. */
  readonly action: string;
  /** Lower-case `owner/name`, when the event belongs to a repository. */
  readonly repository?: string | null;
  /** Clerk user id, when the event belongs to an account. */
  readonly account?: string | null;
  /** Small extra data for subscribers. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/**
 * Appends in one statement, in the order given. `tx` must hold its lock on the entity already (a row that it updated or
 * inserted): then two events of one entity have positions in the order of their commits. Readers are woken at the commit.
 */
export async function appendEvents(tx: Queryable, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(sql`/* kernel.eventsAppend */
    insert into platform.events (entity_type, entity_id, action, repository, account, payload)
    select entity_type, entity_id, action, repository, account, payload
    from unnest(
      ${events.map((event) => event.type)}::text[],
      ${events.map((event) => event.id)}::text[],
      ${events.map((event) => event.action)}::text[],
      ${events.map((event) => event.repository ?? null)}::text[],
      ${events.map((event) => event.account ?? null)}::text[],
      ${events.map((event) => event.payload ?? {})}::jsonb[]
    ) with ordinality as event (entity_type, entity_id, action, repository, account, payload, n)
    order by n`);
}
