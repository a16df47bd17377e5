/** Evidence that jobs find, and its embeddings. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import { toVectorText } from '../../kernel/search/index.js';
import { canonicalJson, sha256 } from '../../kernel/write/canonical-json.js';
import type { EvidenceType } from '../domain/evidence-types.js';
import type { ExtractedEvidence } from '../domain/extracted-evidence.js';

export interface NewEvidence extends ExtractedEvidence {
  readonly embedding?: Float32Array | null;
}

/** Rows of one statement: their vectors are 30 KB of text each. */
const chunk = 500;

/** In the order of the document. What the document has already is left as it is. Answers how many of each type are new. */
export async function insertEvidence(
  tx: Transaction,
  documentId: string,
  evidence: readonly NewEvidence[],
): Promise<Partial<Record<EvidenceType, number>>> {
  const inserted: Partial<Record<EvidenceType, number>> = {};
  for (let start = 0; start < evidence.length; start += chunk) {
    const part = evidence.slice(start, start + chunk);
    const rows = await tx.query<{ type: EvidenceType }>(sql`/* evidence.insertEvidence */
      insert into evidence.evidence (document_id, type, content, raw_data, ordinal, content_hash, embedding)
      select ${documentId}::uuid, type, content, raw_data, ordinal, content_hash, embedding::vector from unnest(
        ${part.map(({ type }) => type)}::text[],
        ${part.map(({ content }) => content)}::text[],
        ${part.map(({ rawData }) => (rawData === null ? null : JSON.stringify(rawData)))}::jsonb[],
        ${part.map((_, index) => start + index)}::int4[],
        ${part.map(({ type, content }) => sha256(canonicalJson([type, content])))}::text[],
        ${part.map(({ embedding }) => (embedding == null ? null : toVectorText(embedding)))}::text[]
      ) fact (type, content, raw_data, ordinal, content_hash, embedding)
      on conflict (document_id, content_hash) do nothing returning type`);
    for (const { type } of rows) inserted[type] = (inserted[type] ?? 0) + 1;
  }
  return inserted;
}

export interface UnembeddedEvidence {
  readonly id: string;
  readonly content: string;
}

export async function listUnembedded(db: Queryable, documentId: string, limit: number): Promise<UnembeddedEvidence[]> {
  return db.query<{ id: string; content: string }>(sql`/* evidence.listUnembedded */
    select id, content from evidence.evidence where document_id = ${documentId}::uuid and embedding is null
    order by id limit ${limit}`);
}

export async function hasUnembedded(tx: Transaction, documentId: string): Promise<boolean> {
  const [row] = await tx.query(sql`/* evidence.hasUnembedded */
    select from evidence.evidence where document_id = ${documentId}::uuid and embedding is null limit 1`);
  return row !== undefined;
}

export interface Embedding {
  readonly evidenceId: string;
  readonly vector: Float32Array;
}

/** Only of this document's evidence. Answers the ids that are not, or are not there. */
export async function updateEmbeddings(
  tx: Transaction,
  documentId: string,
  embeddings: readonly Embedding[],
): Promise<string[]> {
  const updated = new Set<string>();
  for (let start = 0; start < embeddings.length; start += chunk) {
    const part = embeddings.slice(start, start + chunk);
    const rows = await tx.query<{ id: string }>(sql`/* evidence.updateEmbeddings */
      update evidence.evidence fact set embedding = given.embedding::vector
      from unnest(${part.map(({ evidenceId }) => evidenceId)}::uuid[], ${part.map(({ vector }) => toVectorText(vector))}::text[])
        given (id, embedding)
      where fact.id = given.id and fact.document_id = ${documentId}::uuid returning fact.id`);
    for (const { id } of rows) updated.add(id);
  }
  return embeddings.map(({ evidenceId }) => evidenceId).filter((id) => !updated.has(id));
}
