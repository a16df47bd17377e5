/** The vector indexes. Migrations are checksummed and the same on both engines; these are not, so they are made at boot. */
import type { Database, DatabaseEngine } from '../database.js';

interface VectorIndex {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** What follows `using`. A query is only served by the index when it repeats the expression to the letter. */
  readonly definition: Readonly<Record<DatabaseEngine, string>>;
}

/**
 * `vector` can't be indexed beyond 2,000 dimensions, `halfvec` can, up to 4,000. On PGlite inserting into an HNSW index on
 * halfvec(3072) takes 80–130 ms a row, into the binary-quantised one 4 ms; its hits are ranked again by distance. Bits are
 * compared by Jaccard distance: of the sparse vectors that the embedded embedder makes, a tenth of the rows as candidates holds
 * 0.90 of the 10 nearest by it and 0.30 by Hamming distance, which takes short texts for near to everything. At 1,536
 * dimensions the plain index takes 9 ms a row there, and queries can be the same on both engines.
 * The predicate keeps rows out that have no embedding yet, and `prisma migrate dev` from dropping an index it can't express.
 */
export const vectorIndexes: readonly VectorIndex[] = [
  {
    name: 'idx_evidence_embedding',
    schema: 'evidence',
    table: 'evidence',
    definition: {
      postgres: 'hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops) where embedding is not null',
      pglite: 'hnsw ((binary_quantize(embedding)::bit(3072)) bit_jaccard_ops) where embedding is not null',
    },
  },
  {
    name: 'idx_mem_docs_embedding',
    schema: 'workflow',
    table: 'mem_docs',
    definition: {
      postgres: 'hnsw (embedding vector_cosine_ops) where embedding is not null',
      pglite: 'hnsw (embedding vector_cosine_ops) where embedding is not null',
    },
  },
];

const findExisting = {
  name: 'kernel.vectorIndexes',
  text: `/* kernel.vectorIndexes */
    select schemaname || '.' || indexname as name, indexdef as definition from pg_indexes where schemaname = any($1) and indexname = any($2)`,
};

/** Makes the vector indexes that are not there, or are of another kind. One query when all are; processes that start at once take turns. */
export async function ensureVectorIndexes(database: Database): Promise<void> {
  const schemas = vectorIndexes.map((index) => index.schema);
  const names = vectorIndexes.map((index) => index.name);
  const missing = async (db: Pick<Database, 'query'>): Promise<VectorIndex[]> => {
    const rows = await db.query<{ name: string; definition: string }>(findExisting, [schemas, names]);
    const existing = new Map(rows.map((row) => [row.name, row.definition]));
    return vectorIndexes.filter(({ schema, name, definition }) => {
      const kind = operatorClass(definition[database.engine]);
      return existing.get(`${schema}.${name}`)?.includes(kind) !== true;
    });
  };
  if ((await missing(database)).length === 0) return;
  await database.transaction(async (tx) => {
    // Building over a large table may take longer than any statement of a request is allowed.
    await tx.query('set local statement_timeout = 0');
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('kernel.vectorIndexes', 0))`);
    for (const { name, schema, table, definition } of await missing(tx)) {
      await tx.query(`drop index if exists ${schema}.${name}`);
      await tx.query(`create index ${name} on ${schema}.${table} using ${definition[database.engine]}`);
    }
  });
}

function operatorClass(definition: string): string {
  return / (\w+_ops)\)/.exec(definition)?.[1] ?? definition;
}
