/** Rows put into the database as a worker would have, with the vectors of the default embedder. */
import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../../kernel/db/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { toVectorText } from '../../kernel/search/index.js';
import { dimensions } from '../repository/search.js';

export interface Fact {
  readonly type: string;
  readonly content: string;
  readonly rawData?: Record<string, unknown>;
}

const embedder = createEmbedder({ embeddings: undefined });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same on every run: equal ranks are ordered by it. */
function uuidOf(text: string): string {
  return sha256(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

/** A document with its evidence, embedded unless `embedded` is false. Answers their keys, in order. */
export async function insertDocument(
  database: Database,
  filename: string,
  facts: readonly Fact[],
  { embedded = true, repository = null }: { embedded?: boolean; repository?: string | null } = {},
): Promise<{ documentId: string; evidenceIds: string[] }> {
  const documentId = uuidOf(filename);
  await database.query(
    `insert into evidence.documents (id, filename, file_type, file_path, file_hash, repository_full_name)
     values ($1, $2, $3, $2, $4, $5)`,
    [documentId, filename, filename.split('.').at(-1), sha256(documentId), repository],
  );
  const vectors = embedded
    ? await embedder.embed(
        facts.map((fact) => fact.content),
        dimensions,
      )
    : [];
  const evidenceIds = facts.map((_, index) => uuidOf(`${filename} ${index}`));
  for (let from = 0; from < facts.length; from += 200) {
    const part = facts.slice(from, from + 200);
    await database.query(
      `insert into evidence.evidence (id, document_id, type, content, raw_data, embedding, ordinal)
       select id, $1, type, content, raw_data, embedding::vector, ordinal - 1 + $7
       from unnest($2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::text[])
         with ordinality as r(id, type, content, raw_data, embedding, ordinal)`,
      [
        documentId,
        evidenceIds.slice(from, from + 200),
        part.map((fact) => fact.type),
        part.map((fact) => fact.content),
        part.map((fact) => JSON.stringify(fact.rawData ?? null)),
        part.map((_, index) => {
          const vector = vectors[from + index];
          return vector === undefined ? null : toVectorText(vector);
        }),
        from,
      ],
    );
  }
  return { documentId, evidenceIds };
}

/** A feature as inference would have left it, with links to evidence. Answers its key. */
export async function insertFeature(
  database: Database,
  feature: { name: string; confidence?: number; status?: string; parentId?: string },
  links: readonly { evidenceId: string; strength?: number; relationship?: string }[] = [],
): Promise<string> {
  const id = randomUUID();
  await database.query(
    `insert into evidence.features (id, name, confidence_score, status, parent_feature_id, inference_key)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      id,
      feature.name,
      feature.confidence ?? 0.6,
      feature.status ?? 'candidate',
      feature.parentId ?? null,
      `test ${id}`,
    ],
  );
  await database.query(
    `insert into evidence.feature_evidence (feature_id, evidence_id, relationship_type, strength, reasoning)
     select $1, r.* from unnest($2::uuid[], $3::text[], $4::numeric[], $5::text[]) r`,
    [
      id,
      links.map((link) => link.evidenceId),
      links.map((link) => link.relationship ?? 'implements'),
      links.map((link) => link.strength ?? 0.8),
      links.map(() => 'shares its path'),
    ],
  );
  return id;
}
