/** Search over evidence, and what is near to it in meaning. */
import type { RequestContext } from '../../kernel/context.js';
import { sql, type Queryable, type SqlStatement } from '../../kernel/db/index.js';
import { listSimilar, type SearchTarget, type Similar } from '../../kernel/search/index.js';
import type { EvidenceType } from '../domain/evidence-types.js';

/** Length of every vector: the column's. */
export const dimensions = 3072;

export const evidenceTarget: SearchTarget = {
  name: 'evidence.search',
  table: 'evidence.evidence',
  key: 'id',
  words: 'search_vector',
  body: 't.content',
  embedding: { column: 'embedding', dimensions, index: { postgres: 'halfvec', pglite: 'bit' } },
};

export interface EvidenceScope {
  readonly types: readonly EvidenceType[] | null;
  /** Keys; null is no limit. */
  readonly documentId: string | null;
  readonly featureId: string | null;
  /** `owner/name` in lower case. */
  readonly repository: string | null;
}

/** Null when it limits nothing. */
export function scopeCondition({ types, documentId, featureId, repository }: EvidenceScope): SqlStatement | null {
  const terms: SqlStatement[] = [];
  if (types !== null) terms.push(sql`t.type = any(${types}::text[])`);
  if (documentId !== null) terms.push(sql`t.document_id = ${documentId}::uuid`);
  if (featureId !== null)
    terms.push(
      sql`exists (select from evidence.feature_evidence l where l.evidence_id = t.id and l.feature_id = ${featureId}::uuid)`,
    );
  if (repository !== null)
    terms.push(
      sql`exists (select from evidence.documents d where d.id = t.document_id and d.repository_full_name = ${repository})`,
    );
  return terms.length === 0 ? null : sql.join(terms, ' and ');
}

export interface SimilarityRequest {
  readonly minSimilarity: number;
  readonly limit: number;
  readonly types: readonly EvidenceType[] | null;
}

/** What is near to each piece of evidence, nearest first. */
export async function listSimilarByEvidence(
  reader: Pick<RequestContext, 'db' | 'database'>,
  ids: readonly string[],
  { types, ...request }: SimilarityRequest,
): Promise<Map<string, Similar[]>> {
  const pairs = await listSimilar(reader, evidenceTarget, {
    ...request,
    keys: sql`select unnest(${ids}::uuid[]) as key`,
    filter: scopeCondition({ types, documentId: null, featureId: null, repository: null }),
  });
  const byEvidence = new Map<string, Similar[]>();
  for (const pair of pairs) byEvidence.set(pair.key, [...(byEvidence.get(pair.key) ?? []), pair]);
  return byEvidence;
}

/** Keys of a document's evidence that has a vector, in the order of the keys. */
export async function listEmbeddedEvidence(
  db: Queryable,
  { documentId, after, limit }: { documentId: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* evidence.listEmbedded */
    select id from evidence.evidence
    where document_id = ${documentId}::uuid and embedding is not null and (${after}::uuid is null or id > ${after}::uuid)
    order by id limit ${limit}`);
  return rows.map((row) => row.id);
}
