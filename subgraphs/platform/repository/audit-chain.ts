/** The hash chain over the audit trail, as its SQL functions check it. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { AuditFaultReason, ChainFault, ChainLink } from '../domain/audit-chain.js';

export interface ChainPart {
  readonly links: number;
  /** Sequence of its last link, null when it has none. */
  readonly last: bigint | null;
}

/** At most `first` links from one sequence to another, both included. */
export async function findPart(
  db: Queryable,
  { from, to, first }: { readonly from: bigint; readonly to: bigint; readonly first: number },
): Promise<ChainPart> {
  const [row] = await db.query<{ links: number; last: number | bigint | null }>(sql`/* platform.auditPart */
    select count(*)::int4 as links, max(part.sequence) as last from (
      select sequence from traceability.audit_seals
      where sequence between ${from.toString()}::bigint and ${to.toString()}::bigint
      order by sequence limit ${first}
    ) part`);
  return { links: row?.links ?? 0, last: row?.last == null ? null : BigInt(row.last) };
}

/** The first fault from one link to another, or null: one statement, as long as there are links between them. */
export async function findFirstFault(
  db: Queryable,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<ChainFault | null> {
  const [row] = await db.query<{ sequence: number | bigint | null; audit_id: string | null; reason: AuditFaultReason }>(
    sql`/* platform.auditFirstFault */
      select sequence, audit_id, reason
      from traceability.verify_audit_chain(${from.toString()}::bigint, ${to.toString()}::bigint)`,
  );
  return row === undefined ? null : { reason: row.reason, sequence: row.sequence, entryKey: row.audit_id };
}

const columns = `sequence, audit_id as "entryKey", previous_hash as "previousHash", entry_hash as "entryHash",
  sealed_at as "sealedAt"`;

/** The last link, null for an empty chain. */
export async function findHead(db: Queryable): Promise<ChainLink | null> {
  const [row] = await db.query<ChainLink>(sql`/* platform.auditHead */
    select ${sql.raw(columns)} from traceability.audit_seals order by sequence desc limit 1`);
  return row ?? null;
}

/** Null when there is no such link. */
export async function findLink(db: Queryable, sequence: bigint): Promise<ChainLink | null> {
  const [row] = await db.query<ChainLink>(sql`/* platform.auditLink */
    select ${sql.raw(columns)} from traceability.audit_seals where sequence = ${sequence.toString()}::bigint`);
  return row ?? null;
}
