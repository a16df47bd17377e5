/** Sealing reads below the oldest running transaction of the whole server: tests on a shared one wait for the others'. */
import type { Database, Queryable } from '../../subgraphs/kernel/db/index.js';
import { sealAuditTrail } from '../../subgraphs/kernel/write/index.js';

const patienceMs = 20_000;

/** Resolves when every audit entry that is committed now can be sealed. */
export async function auditEntriesSettled(db: Queryable): Promise<void> {
  for (const end = performance.now() + patienceMs; ;) {
    const [row] = await db.query<{ settled: boolean }>(
      'select coalesce(max(xid) < pg_snapshot_xmin(pg_current_snapshot()), true) as settled from traceability.audit_log',
    );
    if (row?.settled === true) return;
    if (performance.now() > end) throw new Error('a transaction of the server has been open for 20 s');
  }
}

/** Seals every audit entry that is committed now. */
export async function auditTrailSealed(database: Database): Promise<void> {
  await auditEntriesSettled(database);
  await sealAuditTrail(database);
}
