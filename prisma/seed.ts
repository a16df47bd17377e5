/** The demo: Meridian, a small maker of infusion pumps, the same on every machine, one story across the five domains. */
import { sql, type Database, type Transaction } from '../subgraphs/kernel/db/index.js';
import { sealAuditTrail } from '../subgraphs/kernel/write/index.js';
import { storeBasics, storeChapter } from './seed/store-chapter.js';
import { story } from './seed/story/index.js';

/** Products beside those of the story. Rows with audit trail: about 1,900, 72,000 and 1,040,000. */
const products = { small: 0, medium: 20, large: 295 } as const;

export type SeedSize = keyof typeof products;
export const seedSizes = Object.keys(products) as readonly SeedSize[];

export interface SeedProgress {
  /** Repositories' worth of work done, of all there is. */
  readonly done: number;
  readonly of: number;
  readonly rows: number;
}

export interface SeedOptions {
  readonly size?: SeedSize;
  readonly onProgress?: (progress: SeedProgress) => void;
}

export interface Seeded {
  readonly seeded: boolean;
  /** Rows written, those of the audit trail included. */
  readonly rows: number;
}

/**
 * Fills an empty database in one transaction, audit trail and events included. Does nothing when a domain holds data.
 * Memory does not grow with the size: a product's rows are made, stored and forgotten.
 */
export async function seed(database: Database, options: SeedOptions = {}): Promise<Seeded> {
  const { size = 'small' } = options;
  const result = await database.transaction(async (tx): Promise<Seeded> => {
    // Processes that start at once on an empty server take turns; the second finds the first one's rows.
    await tx.query(sql`/* seed.lock */ select pg_advisory_xact_lock(hashtextextended('weft.seed', 0))`);
    if (await holdsData(tx)) return { seeded: false, rows: 0 };
    const rows = await store(tx, products[size], options);
    await datePastWork(tx);
    return { seeded: true, rows };
  });
  if (!result.seeded || size === 'small') return result;
  await sealAuditTrail(database);
  // The embedded engine gathers no statistics by itself, and reads of so many rows are planned by them. After the sealing:
  // all entries are of one transaction, and a planner that knows it reads all of them for every batch.
  await database.query('analyze');
  return result;
}

/** Whether any domain has anything that the demo could be taken for. */
async function holdsData(tx: Transaction): Promise<boolean> {
  const found = await tx.query(sql`/* seed.holdsData */ select where exists (select from traceability.repositories)
    or exists (select from builds.users) or exists (select from evidence.documents)
    or exists (select from scanning.users) or exists (select from workflow.work_orders)`);
  return found.length > 0;
}

/** The story comes last, so that the latest of the audit trail is of it. */
async function store(tx: Transaction, count: number, { onProgress }: SeedOptions): Promise<number> {
  const chapters = count + 1;
  let rows = await storeBasics(tx);
  if (count > 0) {
    const { productChapter } = await import('./seed/volume/index.js');
    for (let number = 0; number < count; number += 1) {
      rows += await storeChapter(tx, productChapter(number));
      onProgress?.({ done: number + 1, of: chapters, rows });
    }
  }
  rows += await storeChapter(tx, story);
  onProgress?.({ done: chapters, of: chapters, rows });
  return rows;
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
