/** The hash chain over the audit trail, as its SQL functions check it. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { AuditFaultReason, ChainFault, ChainHead } from '../domain/audit-chain.js';

/** The first fault at or after a link, or null. One statement, however long the chain. */
export async function findFirstFault(db: Queryable, fromSequence: bigint): Promise<ChainFault | null> {
  const [row] = await db.query<{ sequence: number | bigint | null; audit_id: string | null; reason: AuditFaultReason }>(
    sql`/* platform.auditFirstFault */
      select sequence, audit_id, reason from traceability.verify_audit_chain(${fromSequence.toString()}::bigint)`,
  );
  return row === undefined ? null : { reason: row.reason, sequence: row.sequence, entryKey: row.audit_id };
}

/** The last link, null for an empty chain. */
export async function findHead(db: Queryable): Promise<ChainHead | null> {
  const [row] = await db.query<ChainHead>(sql`/* platform.auditHead */
    select sequence, previous_hash as "previousHash", entry_hash as "entryHash", sealed_at as "sealedAt"
    from traceability.audit_seals order by sequence desc limit 1`);
  return row ?? null;
}

/** The hash of one link and the entry it seals, null when there is no such link. */
export async function findLink(
  db: Queryable,
  sequence: bigint,
): Promise<{ entryHash: string; entryKey: string } | null> {
  const [row] = await db.query<{ entryHash: string; entryKey: string }>(sql`/* platform.auditLink */
    select entry_hash as "entryHash", audit_id as "entryKey"
    from traceability.audit_seals where sequence = ${sequence.toString()}::bigint`);
  return row ?? null;
}
