/** How far the feed can be read. */
import { sql, type Queryable } from '../db/index.js';

export interface Horizon {
  /** Every event up to here is committed or never will be. */
  readonly position: number;
  /** The highest position taken by anyone; above `position` while a transaction that appends is running. */
  readonly last: number;
}

/**
 * Why nothing is missed. A transaction that appends first locks L, the highest position taken when it asked, and takes its
 * own positions after that, so all of them are above L; the lock goes away only after its commit is visible. This statement
 * reads M, the highest position taken, and then the locks; the caller reads the events in a later statement.
 * - A transaction whose lock is seen has its positions above that L, and the horizon is at most L.
 * - One whose lock is not seen yet takes its positions after M was read: they are above M, and the horizon is at most M.
 * - One whose lock is not seen any more was visible before the statement that reads the events began.
 * So at or below the horizon nothing can appear later. The lateral join holds the order: the locks are read with M in hand.
 *
 * Why nothing is reordered. Events are read by position, and a writer takes an event's position while it holds the row lock
 * of the entity: of two transactions that change one entity the first to commit has the lower position. Order by
 * transaction id, or by windows of them, does not keep this: a transaction may take its id long before it reaches the
 * entity, and an older one that is still running then divides the two so that the later change is read first.
 */
export async function readHorizon(db: Queryable): Promise<Horizon> {
  const [horizon] = await db.query<Horizon>(sql`/* kernel.eventsHorizon */
    select least(taken.last, running.lowest) as position, taken.last
    from (select case when is_called then last_value else 0 end as last from platform.events_position_seq) as taken
    cross join lateral (
      -- The lock holds the lower 32 bits of L, which is less than 2^31 away from M, to either side.
      select min(taken.last - (((taken.last - l.objid::bigint + 2147483648) & 4294967295) - 2147483648)) as lowest
      from pg_catalog.pg_locks l
      where l.locktype = 'advisory' and l.classid = 1464157780 and l.objsubid = 2
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
    ) as running`);
  if (horizon === undefined) throw new Error('the feed has no sequence');
  return horizon;
}
