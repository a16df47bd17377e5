import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureVectorIndexes, vectorIndexes } from '../../subgraphs/kernel/db/catalogue/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

/** The same numbers on every run: a linear congruential generator. Each vector is a window of them. */
const numbers = ((): string[] => {
  let state = 20_261_121;
  return Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5).toFixed(4);
  });
})();

function vectorOf(row: number, dimensions: number): string {
  return `[${numbers.slice(row * 7, row * 7 + dimensions).join(',')}]`;
}

/** Without the indexes, which are then built over the rows at once: a fifth of the time. */
async function insertVectors(count: number): Promise<void> {
  await database.script('drop index evidence.idx_evidence_embedding; drop index workflow.idx_mem_docs_embedding');
  const window = (dimensions: number): string =>
    `select ($1::real[])[n * 7 + 1 : n * 7 + ${dimensions}]::vector as embedding from generate_series($2::int, $3::int) n`;
  for (let from = 0; from < count; from += 200) {
    const values = [numbers, from, Math.min(from + 200, count) - 1];
    await database.query(
      `insert into evidence.evidence (type, content, embedding) select 'bug', 'fact', embedding from (${window(3072)}) w`,
      values,
    );
    await database.query(
      `insert into workflow.mem_docs (type, content, embedding) select 'CONTEXT', 'fact', embedding from (${window(1536)}) w`,
      values,
    );
  }
  await ensureVectorIndexes(database);
  await database.script('analyze evidence.evidence; analyze workflow.mem_docs');
}

async function planOf(statement: string, values: readonly unknown[]): Promise<string> {
  const rows = await database.query<Record<string, string>>(`explain ${statement}`, values);
  // Without the vector in the text: a failure should be readable.
  return rows.map((row) => row['QUERY PLAN']?.replace(/\[[^\]]{100,}\]/g, '[…]')).join('\n');
}

const nearestMemory = `select id from workflow.mem_docs where embedding is not null order by embedding <=> $1::vector limit 10`;

test('making them again changes nothing', async () => {
  const definitions = (): Promise<unknown> =>
    database.query('select indexname, indexdef from pg_indexes where indexname = any($1) order by 1', [
      vectorIndexes.map((index) => index.name),
    ]);
  const before = await definitions();
  await ensureVectorIndexes(database);
  expect(await definitions()).toEqual(before);
  expect(before).toHaveLength(vectorIndexes.length);
});

test('an index of another kind is made anew', async () => {
  await database.script(`drop index workflow.idx_mem_docs_embedding;
    create index idx_mem_docs_embedding on workflow.mem_docs using hnsw (embedding vector_l2_ops) where embedding is not null`);
  await ensureVectorIndexes(database);
  const [row] = await database.query<{ definition: string }>(
    `select indexdef as definition from pg_indexes where indexname = 'idx_mem_docs_embedding'`,
  );
  expect(row?.definition).toContain('vector_cosine_ops');
});

describeOn('postgres', 'on PostgreSQL', () => {
  const nearestEvidence = `select id from evidence.evidence where embedding is not null
    order by embedding::halfvec(3072) <=> $1::vector::halfvec(3072) limit 10`;

  // Below some 1,300 rows the planner prefers to read them all: it does not count what reading a long vector costs.
  beforeAll(() => insertVectors(2000), 120_000);

  test('nearest evidence by 3,072 dimensions is read from the index', async () => {
    expect(await planOf(nearestEvidence, [vectorOf(7, 3072)])).toContain('Index Scan using idx_evidence_embedding');
  });

  test('nearest memory by 1,536 dimensions is read from the index', async () => {
    expect(await planOf(nearestMemory, [vectorOf(7, 1536)])).toContain('Index Scan using idx_mem_docs_embedding');
  });

  test('the seed’s own spelling, without the expression, is not served by the index', async () => {
    const statement = 'select id from evidence.evidence order by embedding <=> $1::vector limit 10';
    expect(await planOf(statement, [vectorOf(7, 3072)])).not.toContain('idx_evidence_embedding');
  });

  test('the nearest of a row’s own vector is the row', async () => {
    const [found] = await database.query<{ similarity: number }>(
      nearestEvidence.replace('select id', 'select 1 - (embedding <=> $1::vector) as similarity'),
      [vectorOf(7, 3072)],
    );
    expect(found?.similarity).toBeCloseTo(1, 4);
  });
});

describeOn('pglite', 'on the embedded engine', () => {
  beforeAll(() => insertVectors(60), 60_000);

  // Sixty rows are faster read than searched: the question is whether the index can serve the query at all.
  const planWithoutScan = async (statement: string, dimensions: number): Promise<string> => {
    await database.script('set enable_seqscan = off');
    return planOf(statement, [vectorOf(7, dimensions)]);
  };

  test('candidates for evidence come from the binary-quantised index', async () => {
    const statement = `select id from evidence.evidence where embedding is not null
      order by binary_quantize(embedding)::bit(3072) <%> binary_quantize($1::vector(3072))::bit(3072) limit 40`;
    expect(await planWithoutScan(statement, 3072)).toContain('Index Scan using idx_evidence_embedding');
  });

  test('nearest memory is read from the index, by the query of PostgreSQL', async () => {
    expect(await planWithoutScan(nearestMemory, 1536)).toContain('Index Scan using idx_mem_docs_embedding');
  });
});
