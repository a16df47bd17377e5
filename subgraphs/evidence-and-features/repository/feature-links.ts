/** Links between features and evidence. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { RelationshipType } from '../domain/feature-rules.js';

export interface FeatureLink {
  readonly evidenceId: string;
  readonly relationshipType: RelationshipType;
  readonly strength: number | null;
  readonly reasoning: string | null;
}

export interface StoredLink extends FeatureLink {
  readonly id: string;
}

/** The links to some evidence of a feature; those of a feature that is locked stay as they are. */
export async function listLinks(
  tx: Transaction,
  featureId: string,
  evidenceIds: readonly string[],
): Promise<StoredLink[]> {
  return tx.query<StoredLink>(sql`/* evidence.listLinks */
    select id, evidence_id as "evidenceId", relationship_type as "relationshipType", strength::float8 as strength, reasoning
    from evidence.feature_evidence where feature_id = ${featureId}::uuid and evidence_id = any(${evidenceIds}::uuid[])
    order by evidence_id`);
}

export async function countLinks(tx: Transaction, featureId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`/* evidence.countLinks */
    select count(*)::int4 as count from evidence.feature_evidence where feature_id = ${featureId}::uuid`);
  return row?.count ?? 0;
}

/** Makes the links, or changes those that are there; one statement. Answers their keys. */
export async function saveLinks(tx: Transaction, featureId: string, links: readonly FeatureLink[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`/* evidence.saveLinks */
    insert into evidence.feature_evidence (feature_id, evidence_id, relationship_type, strength, reasoning)
    select ${featureId}::uuid, r.* from unnest(
      ${links.map((link) => link.evidenceId)}::uuid[], ${links.map((link) => link.relationshipType)}::text[],
      ${links.map((link) => link.strength)}::numeric[], ${links.map((link) => link.reasoning)}::text[]) r
    on conflict (feature_id, evidence_id) do update set relationship_type = excluded.relationship_type,
      strength = excluded.strength, reasoning = excluded.reasoning
    returning id`);
  return rows.map((row) => row.id);
}

export async function deleteLink(tx: Transaction, featureId: string, evidenceId: string): Promise<void> {
  await tx.query(sql`/* evidence.deleteLink */
    delete from evidence.feature_evidence where feature_id = ${featureId}::uuid and evidence_id = ${evidenceId}::uuid`);
}

/** Hands links on as they are, to a feature that has none of the same evidence. */
export async function moveLinks(tx: Transaction, ids: readonly string[], toFeatureId: string): Promise<void> {
  await tx.query(sql`/* evidence.moveLinks */
    update evidence.feature_evidence set feature_id = ${toFeatureId}::uuid where id = any(${ids}::uuid[])`);
}

/**
 * Of several links to the same evidence the stronger stays, the target's own among equals; then all belong to the target.
 * Answers the evidence that each feature brought, and how many links were dropped.
 */
export async function mergeLinks(
  tx: Transaction,
  targetId: string,
  sourceIds: readonly string[],
): Promise<{ moved: Map<string, string[]>; dropped: number }> {
  const dropped = await tx.query<{ id: string }>(sql`/* evidence.dropWeakerLinks */
    delete from evidence.feature_evidence where id in (
      select id from (
        select id, row_number() over (partition by evidence_id
          order by coalesce(strength, -1) desc, (feature_id = ${targetId}::uuid) desc, created_at, id) as place
        from evidence.feature_evidence where feature_id = any(${[targetId, ...sourceIds]}::uuid[])
      ) l where place > 1
    ) returning id`);
  const rows = await tx.query<{ from: string; evidenceId: string }>(sql`/* evidence.mergeLinks */
    with moving as (select id, feature_id, evidence_id from evidence.feature_evidence where feature_id = any(${sourceIds}::uuid[])),
      moved as (update evidence.feature_evidence l set feature_id = ${targetId}::uuid from moving m where l.id = m.id)
    select feature_id as "from", evidence_id as "evidenceId" from moving order by feature_id, evidence_id`);
  const moved = new Map<string, string[]>();
  for (const row of rows) moved.set(row.from, [...(moved.get(row.from) ?? []), row.evidenceId]);
  return { moved, dropped: dropped.length };
}
