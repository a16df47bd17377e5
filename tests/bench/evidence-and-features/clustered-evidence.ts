/** Evidence with vectors in clusters, put together by the database of a few thousand that it is sent. */
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import { checkVector, toVectorText } from '../../../subgraphs/kernel/search/index.js';
import { vectorIndexes } from '../../../subgraphs/kernel/db/catalogue/index.js';
import { dimensions } from '../../../subgraphs/evidence-and-features/repository/search.js';

export const documents = 100;

/** The same numbers on every run, about normal: the sum of four of a linear congruential generator. */
function normalFrom(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return () => (next() + next() + next() + next()) * 1.7;
}

function randomVector(seed: number): Float32Array {
  const normal = normalFrom(seed * 2_654_435_761);
  for (let index = 0; index < 16; index += 1) normal();
  return checkVector(Array.from({ length: dimensions }, normal), dimensions);
}

export interface Clusters {
  readonly centres: readonly Float32Array[];
  readonly noises: readonly Float32Array[];
}

export function makeClusters({ centres, noises }: { centres: number; noises: number }): Clusters {
  return {
    centres: Array.from({ length: centres }, (_, seed) => randomVector(seed + 1)),
    noises: Array.from({ length: noises }, (_, seed) => randomVector(seed + 1_000_001)),
  };
}

/** A question near to a cluster: as far from its centre as its members are, and in a direction of its own. */
export function questionOf({ centres }: Clusters, index: number): Float32Array {
  const centre = centres[(index * 7919) % centres.length] ?? new Float32Array(dimensions);
  const noise = randomVector(index + 2_000_001);
  return checkVector(
    centre.map((value, at) => value + 0.85 * (noise[at] ?? 0)),
    dimensions,
  );
}

/** Each row is a centre and two noises, weighed: within a cluster cosines are about 0.6, and 1 percent of the rows is one document's. */
export async function insertClustered(database: Database, clusters: Clusters, rows: number): Promise<void> {
  await database.script(`drop index evidence.idx_evidence_embedding;
    create schema bench;
    create table bench.vectors (kind text, n int, v vector(${dimensions}), primary key (kind, n));
    insert into evidence.documents (filename, file_type, file_path, file_hash)
      select 'document ' || n, 'md', 'document', md5(n::text) || md5(n::text) from generate_series(0, ${documents - 1}) n`);
  for (const [kind, vectors] of [
    ['centre', clusters.centres],
    ['noise', clusters.noises],
  ] as const) {
    const weight = kind === 'centre' ? 1 : 0.6;
    for (let from = 0; from < vectors.length; from += 100) {
      const part = vectors.slice(from, from + 100).map((vector) => toVectorText(vector.map((value) => value * weight)));
      await database.query(
        `insert into bench.vectors select $1, n - 1 + $2, v::vector from unnest($3::text[]) with ordinality r(v, n)`,
        [kind, from, part],
      );
    }
  }
  const { centres, noises } = clusters;
  for (let from = 0; from < rows; from += 1_000) {
    await database.query(
      `insert into evidence.evidence (document_id, type, content, embedding, ordinal)
       select d.id, 'bug', 'fact ' || r.n, c.v + one.v + two.v, r.n
       from generate_series($1::int, $2::int) r(n)
       join bench.vectors c on c.kind = 'centre' and c.n = r.n % ${centres.length}
       join bench.vectors one on one.kind = 'noise' and one.n = (r.n::bigint * 7919 / 13 % ${noises.length})::int
       join bench.vectors two on two.kind = 'noise' and two.n = (r.n::bigint * 104729 / 7 % ${noises.length})::int
       join evidence.documents d on d.filename = 'document ' || (r.n::bigint * 31 / 3 % ${documents})`,
      [from, Math.min(from + 1_000, rows) - 1],
    );
  }
}

/** With the memory that a large index is built in, where there is a server to give it. */
export async function buildIndex(database: Database): Promise<void> {
  const index = vectorIndexes.find(({ table }) => table === 'evidence');
  if (index === undefined) throw new Error('there is no index of evidence');
  await database.transaction(async (tx) => {
    await tx.query('set local statement_timeout = 0');
    if (database.engine === 'postgres') {
      await tx.query(`set local maintenance_work_mem = '2GB'`);
      await tx.query('set local max_parallel_maintenance_workers = 2');
    }
    await tx.query(
      `create index ${index.name} on ${index.schema}.${index.table} using ${index.definition[database.engine]}`,
    );
  });
  await database.script('analyze evidence.evidence');
}
