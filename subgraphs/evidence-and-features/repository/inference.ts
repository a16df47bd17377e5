/** What inference reads of a document's evidence, and of the features that there are. */
import { sql, type Database, type Queryable } from '../../kernel/db/index.js';
import { listSimilar, type Similar } from '../../kernel/search/index.js';
import type { NearPair } from '../domain/infer-clusters.js';
import type { FeatureInView } from '../domain/corroboration.js';
import type { EvidenceFact } from '../domain/evidence-fact.js';
import { evidenceTarget } from './search.js';

/** Of one document, in its order. Long texts are named by their beginning. */
export async function listFacts(db: Queryable, documentId: string): Promise<EvidenceFact[]> {
  const rows = await db.query<{
    id: string;
    type: EvidenceFact['type'];
    content: string;
    raw_data: EvidenceFact['rawData'] | null;
  }>(sql`/* evidence.listFacts */
    select id, type, left(content, 300) as content, raw_data - '{parameters,fields,request_schema,responses,comments}'::text[] as raw_data
    from evidence.evidence where document_id = ${documentId}::uuid order by ordinal, id`);
  return rows.map((row) => ({ id: row.id, type: row.type, content: row.content, rawData: row.raw_data ?? {} }));
}

export async function findRepositoryOf(db: Queryable, documentId: string): Promise<string | null> {
  const [row] = await db.query<{ name: string | null }>(sql`/* evidence.findRepositoryOf */
    select repository_full_name as name from evidence.documents where id = ${documentId}::uuid`);
  return row?.name ?? null;
}

/** Every pair of them that is near; exact, so their number is to be small. */
export async function listNearPairs(db: Queryable, ids: readonly string[], minSimilarity: number): Promise<NearPair[]> {
  return db.query<NearPair & Record<string, unknown>>(sql`/* evidence.listNearPairs */
    with fact as materialized (select id, embedding from evidence.evidence where id = any(${ids}::uuid[]) and embedding is not null)
    select a.id as one, b.id as other, 1 - (a.embedding <=> b.embedding) as similarity
    from fact a join fact b on a.id < b.id where 1 - (a.embedding <=> b.embedding) >= ${minSimilarity}`);
}

/** For each piece of evidence the nearest of other documents, of the same repository, that stands for a feature already. */
export async function listNearLinked(
  database: Database,
  ids: readonly string[],
  { documentId, repository, minSimilarity }: { documentId: string; repository: string; minSimilarity: number },
): Promise<Similar[]> {
  return listSimilar({ db: database, database }, evidenceTarget, {
    keys: sql`select unnest(${ids}::uuid[]) as key`,
    filter: sql`t.document_id <> ${documentId}::uuid
      and exists (select from evidence.documents d where d.id = t.document_id and d.repository_full_name = ${repository})
      and exists (select from evidence.feature_evidence l join evidence.features f on f.id = l.feature_id
        where l.evidence_id = t.id and f.status <> 'rejected')`,
    minSimilarity,
    limit: 5,
  });
}

export interface LinkedFeature {
  readonly evidenceId: string;
  readonly featureId: string;
  readonly name: string;
}

export async function listLinkedFeatures(db: Queryable, evidenceIds: readonly string[]): Promise<LinkedFeature[]> {
  return db.query<LinkedFeature & Record<string, unknown>>(sql`/* evidence.listLinkedFeatures */
    select l.evidence_id as "evidenceId", f.id as "featureId", f.name
    from evidence.feature_evidence l join evidence.features f on f.id = l.feature_id
    where l.evidence_id = any(${evidenceIds}::uuid[]) and f.status <> 'rejected' order by l.strength desc nulls last, f.id`);
}

/** Of one repository; more are not looked at. */
const mostInView = 20_000;

/** Features that other documents of a repository point to, with what those say of them. */
export async function listFeaturesInView(
  db: Queryable,
  { documentId, repository }: { readonly documentId: string; readonly repository: string },
): Promise<FeatureInView[]> {
  const rows = await db.query<{
    feature_id: string;
    inference_key: string | null;
    name: string;
    id: string;
    type: EvidenceFact['type'];
    content: string;
    raw_data: EvidenceFact['rawData'] | null;
  }>(sql`/* evidence.listFeaturesInView */
    select f.id as feature_id, f.inference_key, f.name, e.id, e.type, left(e.content, 300) as content,
      (select jsonb_object_agg(key, value) from jsonb_each(e.raw_data)
        where key in ('statement', 'criterion', 'summary', 'ticket_key', 'method', 'path', 'schema')) as raw_data
    from evidence.documents d join evidence.evidence e on e.document_id = d.id
      join evidence.feature_evidence l on l.evidence_id = e.id join evidence.features f on f.id = l.feature_id
    where d.repository_full_name = ${repository} and d.id <> ${documentId}::uuid and f.status <> 'rejected'
    order by f.id, e.ordinal, e.id limit ${mostInView}`);
  const features = new Map<string, FeatureInView & { readonly facts: EvidenceFact[] }>();
  for (const row of rows) {
    const { feature_id: featureId, inference_key: key, name } = row;
    const feature = features.get(featureId) ?? { featureId, key, name, facts: [] };
    feature.facts.push({ id: row.id, type: row.type, content: row.content, rawData: row.raw_data ?? {} });
    features.set(featureId, feature);
  }
  return [...features.values()];
}
