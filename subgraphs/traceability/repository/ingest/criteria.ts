/** Acceptance criteria, and what evidence says of them: rows of their own, replaced together with their artifacts. */
import { sql, type Transaction } from '../../../kernel/db/index.js';
import { criteriaOf, labelOf, textKeyOf, type FoundArtifact } from '../../domain/index.js';

/** Five statements at most, however many artifacts. `ids` are by gxpId. */
export async function storeCriteria(
  tx: Transaction,
  repositoryId: string,
  stored: readonly FoundArtifact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  await storeAcceptanceCriteria(tx, repositoryId, stored, ids);
  await storeStatements(tx, stored, ids);
}

/** A criterion keeps its id for as long as there is one at its place. */
async function storeAcceptanceCriteria(
  tx: Transaction,
  repositoryId: string,
  stored: readonly FoundArtifact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const owners: { id: string; count: number }[] = [];
  const rows: Record<string, unknown>[] = [];
  for (const { artifact } of stored) {
    const id = ids.get(artifact.gxpId);
    if (id === undefined || (artifact.kind !== 'REQUIREMENT' && artifact.kind !== 'USER_STORY')) continue;
    const criteria = criteriaOf(artifact);
    owners.push({ id, count: criteria.length });
    for (const { position, label, text, textKey } of criteria) {
      const owner = artifact.kind === 'REQUIREMENT' ? { requirement_id: id } : { user_story_id: id };
      rows.push({ ...owner, artifact_gxp_id: artifact.gxpId, position, label, text, text_key: textKey });
    }
  }
  if (owners.length === 0) return;
  await tx.query(sql`/* traceability.deleteCriteria */
    delete from traceability.acceptance_criteria c
    using json_to_recordset(${sql.json(owners)}::json) as o (id uuid, count int)
    where c.artifact_id = o.id and c.position > o.count`);
  if (rows.length === 0) return;
  await tx.query(sql`/* traceability.storeCriteria */
    insert into traceability.acceptance_criteria as c
      (repository_id, requirement_id, user_story_id, artifact_gxp_id, position, label, text, text_key)
    select ${repositoryId}::uuid, r.* from json_to_recordset(${sql.json(rows)}::json) as r
      (requirement_id uuid, user_story_id uuid, artifact_gxp_id text, position int, label text, text text, text_key text)
    on conflict (artifact_id, position) do update set artifact_gxp_id = excluded.artifact_gxp_id, label = excluded.label,
      text = excluded.text, text_key = excluded.text_key
    where (c.artifact_gxp_id, c.label, c.text) is distinct from (excluded.artifact_gxp_id, excluded.label, excluded.text)`);
}

async function storeStatements(
  tx: Transaction,
  stored: readonly FoundArtifact[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const evidenceIds: string[] = [];
  const rows: Record<string, unknown>[] = [];
  for (const { artifact } of stored) {
    const id = ids.get(artifact.gxpId);
    if (id === undefined || artifact.kind !== 'SIGNED_EVIDENCE') continue;
    evidenceIds.push(id);
    for (const [index, { criterionId, text, result }] of artifact.criteria.entries()) {
      rows.push({
        evidence_id: id,
        position: index + 1,
        story_gxp_id: artifact.storyId,
        label: labelOf(criterionId) ?? labelOf(text) ?? criterionId,
        text,
        // A name that is no label may be the text itself.
        text_key: text === null ? (criterionId === null ? null : textKeyOf(criterionId)) : textKeyOf(text),
        result,
      });
    }
  }
  if (evidenceIds.length === 0) return;
  await tx.query(sql`/* traceability.deleteStatements */
    delete from traceability.criterion_statements where evidence_id = any(${evidenceIds}::uuid[])`);
  if (rows.length === 0) return;
  await tx.query(sql`/* traceability.storeStatements */
    insert into traceability.criterion_statements (evidence_id, position, story_gxp_id, label, text, text_key, result)
    select r.* from json_to_recordset(${sql.json(rows)}::json) as r
      (evidence_id uuid, position int, story_gxp_id text, label text, text text, text_key text, result text)`);
}
