/** Features as inference makes them and adds to them. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { FeatureStatus, RelationshipType } from '../domain/feature-rules.js';

export interface InferredFeature {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly confidence: number;
  readonly status: FeatureStatus;
  readonly reasoning: string;
}

/** Keys of those that were not there yet, and now are. */
export async function insertInferredFeatures(
  tx: Transaction,
  features: readonly InferredFeature[],
): Promise<ReadonlySet<string>> {
  if (features.length === 0) return new Set();
  // In the order of their keys: two inferences that make the same features wait for each other, and never in a circle.
  const inOrder = features.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const rows = await tx.query<{ inference_key: string }>(sql`/* evidence.insertInferredFeatures */
    insert into evidence.features (inference_key, name, description, confidence_score, status, metadata)
    select key, name, description, confidence, status, jsonb_build_object('inference', jsonb_build_object('reasoning', reasoning))
    from unnest(
      ${inOrder.map(({ key }) => key)}::text[],
      ${inOrder.map(({ name }) => name)}::text[],
      ${inOrder.map(({ description }) => description)}::text[],
      ${inOrder.map(({ confidence }) => confidence)}::numeric[],
      ${inOrder.map(({ status }) => status)}::text[],
      ${inOrder.map(({ reasoning }) => reasoning)}::text[]
    ) with ordinality as inferred (key, name, description, confidence, status, reasoning, n)
    order by n on conflict (inference_key) do nothing returning inference_key`);
  return new Set(rows.map((row) => row.inference_key));
}

export interface KnownFeature {
  readonly id: string;
  readonly inferenceKey: string | null;
  readonly status: FeatureStatus;
  readonly confidence: number | null;
  /** Set when a reviewer has decided on it: then it stays as it is. */
  readonly isDecided: boolean;
  readonly mergedIntoId: string | null;
}

/** Locked in the order of their ids, with those that they were merged into. */
export async function lockInferredFeatures(
  tx: Transaction,
  which: { readonly keys: readonly string[]; readonly ids: readonly string[] },
): Promise<KnownFeature[]> {
  const rows = await tx.query<{
    id: string;
    inference_key: string | null;
    status: FeatureStatus;
    confidence_score: string | null;
    is_decided: boolean;
    merged_into_id: string | null;
  }>(sql`/* evidence.lockInferredFeatures */
    with recursive wanted as (
      select id, merged_into_id from evidence.features
      where inference_key = any(${which.keys}::text[]) or id = any(${which.ids}::uuid[])
      union select f.id, f.merged_into_id from evidence.features f join wanted w on f.id = w.merged_into_id
    )
    select id, inference_key, status, confidence_score, reviewed_at is not null as is_decided, merged_into_id
    from evidence.features where id in (select id from wanted) order by id for no key update`);
  return rows.map((row) => ({
    id: row.id,
    inferenceKey: row.inference_key,
    status: row.status,
    confidence: row.confidence_score === null ? null : Number(row.confidence_score),
    isDecided: row.is_decided,
    mergedIntoId: row.merged_into_id,
  }));
}

export interface InferredLink {
  readonly featureId: string;
  readonly evidenceId: string;
  readonly relationship: RelationshipType;
  readonly strength: number;
  readonly reasoning: string;
}

/** A link that is there stays as it is. Answers how many are new, by feature. */
export async function insertInferredLinks(
  tx: Transaction,
  links: readonly InferredLink[],
): Promise<ReadonlyMap<string, number>> {
  const added = new Map<string, number>();
  if (links.length === 0) return added;
  const rows = await tx.query<{ feature_id: string }>(sql`/* evidence.insertInferredLinks */
    insert into evidence.feature_evidence (feature_id, evidence_id, relationship_type, strength, reasoning)
    select * from unnest(
      ${links.map(({ featureId }) => featureId)}::uuid[],
      ${links.map(({ evidenceId }) => evidenceId)}::uuid[],
      ${links.map(({ relationship }) => relationship)}::text[],
      ${links.map(({ strength }) => strength)}::numeric[],
      ${links.map(({ reasoning }) => reasoning)}::text[])
    on conflict (feature_id, evidence_id) do nothing returning feature_id`);
  for (const { feature_id: id } of rows) added.set(id, (added.get(id) ?? 0) + 1);
  return added;
}

export interface Corroboration {
  readonly featureId: string;
  readonly confidence: number;
  readonly status: FeatureStatus;
  readonly reasoning: string;
}

/** More confidence for features that nobody has decided on; the reason is put after those that were there. */
export async function updateCorroborated(tx: Transaction, features: readonly Corroboration[]): Promise<void> {
  if (features.length === 0) return;
  await tx.query(sql`/* evidence.updateCorroborated */
    update evidence.features f set confidence_score = c.confidence, status = c.status, version = version + 1,
      metadata = coalesce(metadata, '{}') || jsonb_build_object('inference', jsonb_build_object(
        'reasoning', left(concat_ws('; ', metadata -> 'inference' ->> 'reasoning', c.reasoning), 4000)))
    from unnest(
      ${features.map(({ featureId }) => featureId)}::uuid[],
      ${features.map(({ confidence }) => confidence)}::numeric[],
      ${features.map(({ status }) => status)}::text[],
      ${features.map(({ reasoning }) => reasoning)}::text[]
    ) c (id, confidence, status, reasoning)
    where f.id = c.id and f.reviewed_at is null`);
}
