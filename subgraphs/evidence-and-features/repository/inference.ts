/** What inference reads of a document's evidence, and of the features that there are. */
import { sql, type Database, type Queryable } from '../../kernel/db/index.js';
import { listSimilar, type Similar } from '../../kernel/search/index.js';
import type { NearPair } from '../domain/infer-clusters.js';
import type { EvidenceFact } from '../domain/infer-groups.js';
import { evidenceTarget } from './search.js';

/** Of one document, in its order. Long texts are named by their beginning. */
export async function listFacts(db: Queryable, documentId: string): Promise<EvidenceFact[]> {
  const rows = await db.query<{
    id: string;
    type: EvidenceFact['type'];
    content: string;
    raw_data: EvidenceFact['rawData'] | null;
  }>(sql`/* evidence.listFacts */
    select id, type, left(content, 300) as content, raw_data - '{parameters,fields,request_schema,response_schema,responses,comments}'::text[] as raw_data
    from evidence.evidence where document_id = ${documentId}::uuid order by ordinal, id`);
  return rows.map((row) => ({ id: row.id, type: row.type, content: row.content, rawData: row.raw_data ?? {} }));
}

export async function findRepositoryOf(db: Queryable, documentId: string): Promise<string | null> {
  const [row] = await db.query<{ name: string | null }>(sql`/* evidence.findRepositoryOf */
    select repository_full_name as name from evidence.documents where id = ${documentId}::uuid`);
  return row?.name ?? null;
}

/** How near each member is to the centre of its group: a map for each group, by the member's id. Those without a vector are missing. */
export async function measureGroups(
  db: Queryable,
  groups: readonly (readonly string[])[],
): Promise<Map<string, number>[]> {
  const members = groups.flatMap((ids, number) => ids.map((id) => ({ number, id })));
  const rows = await db.query<{ number: number; id: string; similarity: number }>(sql`/* evidence.measureGroups */
    with member as materialized (
      select g.number, e.id, e.embedding
      from unnest(${members.map(({ number }) => number)}::int4[], ${members.map(({ id }) => id)}::uuid[]) g (number, id)
      join evidence.evidence e on e.id = g.id where e.embedding is not null
    ), centre as (select number, avg(embedding) as vector from member group by number)
    select m.number, m.id, 1 - (m.embedding <=> c.vector) as similarity from member m join centre c on c.number = m.number`);
  const measured = groups.map(() => new Map<string, number>());
  for (const { number, id, similarity } of rows) measured[number]?.set(id, Number.isNaN(similarity) ? 0 : similarity);
  return measured;
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
  { documentId, repository, minSimilarity }: { documentId: string; repository: string | null; minSimilarity: number },
): Promise<Similar[]> {
  return listSimilar({ db: database, database }, evidenceTarget, {
    keys: sql`select unnest(${ids}::uuid[]) as key`,
    filter: sql`t.document_id <> ${documentId}::uuid
      and exists (select from evidence.documents d where d.id = t.document_id and d.repository_full_name is not distinct from ${repository})
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
