/** Sealing reads below the oldest running transaction of the whole server: tests on a shared one wait for the others'. */
import { setTimeout } from 'node:timers/promises';
import type { Database, Queryable } from '../../subgraphs/kernel/db/index.js';
import { sealAuditTrail } from '../../subgraphs/kernel/write/index.js';

/** Less than a test may take: who holds a transaction open is to be told. */
const patienceMs = 45_000;

/** Resolves when every audit entry that is committed now can be sealed. */
export async function auditEntriesSettled(db: Queryable): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    const [row] = await db.query<{ settled: boolean }>(
      'select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) as settled from traceability.audit_log',
    );
    if (row?.settled === true) return;
    if (performance.now() > end)
      throw new Error(`transactions stay open: ${JSON.stringify(await openTransactions(db))}`);
    await setTimeout(20);
  }
}

const openTransactions = (db: Queryable): Promise<object[]> =>
  db.query(
    `select datname, state, wait_event, query, now() - xact_start as age from pg_stat_activity
     where backend_xid is not null order by xact_start`,
  );

/** Seals every audit entry that is committed now. */
export async function auditTrailSealed(database: Database): Promise<void> {
  await auditEntriesSettled(database);
  await sealAuditTrail(database);
}
