/** The demo: Meridian, a small maker of infusion pumps, the same on every machine, one story across the five domains. */
import { sql, type Database, type Transaction } from '../subgraphs/kernel/db/index.js';
import { storeBasics, storeChapter } from './seed/store-chapter.js';
import { story } from './seed/story/index.js';

/** Fills an empty database in one transaction, audit trail and events included. Does nothing when there is any repository. */
export async function seed(database: Database): Promise<{ seeded: boolean }> {
  return database.transaction(async (tx) => {
    // Processes that start at once on an empty server take turns; the second finds the first one's repositories.
    await tx.query(sql`/* seed.lock */ select pg_advisory_xact_lock(hashtextextended('weft.seed', 0))`);
    const [found] = await tx.query(sql`/* seed.isEmpty */ select 1 from traceability.repositories limit 1`);
    if (found !== undefined) return { seeded: false };
    await storeBasics(tx);
    await storeChapter(tx, story);
    await datePastWork(tx);
    return { seeded: true };
  });
}

/** Triggers write these as of now; in the story they happened when their items and contracts did. */
async function datePastWork(tx: Transaction): Promise<void> {
  await tx.query(sql`/* seed.dateWorkOrders */
    update workflow.work_orders w set completed_at = i.ended
    from (select work_order_id, max(completed_at) as ended from workflow.work_items group by 1) i
    where i.work_order_id = w.id and w.completed_at is not null`);
  await tx.query(sql`/* seed.dateContracts */
    update builds.contract_versions v set saved_at = c.updated_at
    from builds.project_contracts c where c.id = v.contract_id and c.version = v.version`);
}
