/** Where an artifact stands in its life. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { ValidationStatus } from '../domain/index.js';
import type { ArtifactTable } from './artifact-tables.js';

export interface LockedArtifact extends Record<string, unknown> {
  readonly status: ValidationStatus;
  readonly contentHash: string | null;
  readonly fullName: string;
}

/** Null when there is none. The row is held until the transaction ends. */
export async function lockArtifact(tx: Transaction, table: ArtifactTable, key: string): Promise<LockedArtifact | null> {
  const [current] = await tx.query<LockedArtifact>(sql`/* traceability.lockArtifact */
    select a.validation_status as status, a.content_hash as "contentHash", r.full_name as "fullName"
    from ${sql.raw(table.table)} a join traceability.repositories r on r.id = a.repository_id
    where a.id = ${key} for update of a`);
  return current ?? null;
}

export async function updateValidationStatus(
  tx: Transaction,
  table: ArtifactTable,
  { key, to }: { readonly key: string; readonly to: ValidationStatus },
): Promise<void> {
  await tx.query(sql`/* traceability.changeValidationStatus */
    update ${sql.raw(table.table)} set validation_status = ${to} where id = ${key}`);
}
