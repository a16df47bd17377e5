/** The files that evidence packages list: rows of their own, replaced together with their evidence. */
import { sql, type Transaction } from '../../../kernel/db/index.js';
import type { FoundArtifact } from '../../domain/index.js';

/** Two statements, however many packages: none when there is no evidence among what is stored. `ids` are by gxpId. */
export async function storeEvidenceFiles(
  tx: Transaction,
  stored: readonly FoundArtifact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const evidence = stored.flatMap(({ artifact }) => {
    const id = ids.get(artifact.gxpId);
    return artifact.kind === 'SIGNED_EVIDENCE' && id !== undefined ? [{ id, files: artifact.files }] : [];
  });
  if (evidence.length === 0) return;
  await tx.query(sql`/* traceability.deleteEvidenceFiles */
    delete from traceability.evidence_files where evidence_id = any(${evidence.map(({ id }) => id)}::uuid[])`);
  const rows = evidence.flatMap(({ id, files }) =>
    files.map(({ path, sha256, sizeBytes }) => ({ evidence_id: id, path, sha256, size_bytes: sizeBytes })),
  );
  if (rows.length === 0) return;
  await tx.query(sql`/* traceability.storeEvidenceFiles */
    insert into traceability.evidence_files (evidence_id, path, sha256, size_bytes)
    select r.* from json_to_recordset(${sql.json(rows)}::json) as r (evidence_id uuid, path text, sha256 text, size_bytes int8)`);
}
