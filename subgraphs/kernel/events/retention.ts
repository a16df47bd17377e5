/** Lets old events go. */
import { sql, type Database } from '../db/index.js';
import { readHorizon } from './horizon.js';

/**
 * Removes events whose change began before `olderThan`, oldest first and never out of order, and answers how many. Cursors
 * that point before what is left are CURSOR_EXPIRED from then on.
 */
export async function expireEvents(database: Database, olderThan: Date): Promise<number> {
  const horizon = await readHorizon(database);
  return database.transaction(async (tx) => {
    // Up to the first event that stays: one that began earlier but came later in the feed waits for it.
    const [cut] = await tx.query<{ upTo: number }>(sql`/* kernel.eventsExpiry */
      update platform.event_horizon set expired_position = greatest(expired_position, least(${horizon.position}::bigint, coalesce(
        (select min(position) - 1 from platform.events where occurred_at >= ${olderThan}), ${horizon.position}::bigint)))
      returning expired_position as "upTo"`);
    const [removed] = await tx.query<{ count: number }>(sql`/* kernel.eventsExpire */
      with removed as (delete from platform.events where position <= ${cut?.upTo ?? 0} returning 1)
      select count(*) as count from removed`);
    return removed?.count ?? 0;
  });
}
