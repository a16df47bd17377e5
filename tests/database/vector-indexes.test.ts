import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensureVectorIndexes, vectorIndexes } from '../../subgraphs/kernel/db/catalogue/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

/** The same vectors on every run: a linear congruential generator, seeded with the row's number. */
function vectorOf(row: number, dimensions: number): string {
  let state = (row * 2_654_435_761) >>> 0;
  const next = (): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5).toFixed(4);
  };
  return `[${Array.from({ length: dimensions }, next).join(',')}]`;
}

async function insertVectors(table: 'evidence' | 'mem_docs', dimensions: number, count: number): Promise<void> {
  const vectors = Array.from({ length: count }, (_, row) => vectorOf(row, dimensions));
  await database.query(
    table === 'evidence'
      ? `insert into evidence.evidence (type, content, embedding) select 'bug', 'fact', v::vector from unnest($1::text[]) v`
      : `insert into workflow.mem_docs (type, content, embedding) select 'CONTEXT', 'fact', v::vector from unnest($1::text[]) v`,
    [vectors],
  );
}

async function planOf(statement: string, values: readonly unknown[]): Promise<string> {
  const rows = await database.query<Record<string, string>>(`explain ${statement}`, values);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
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

test('one that is gone is made again, beside the other', async () => {
  await database.query('drop index workflow.idx_mem_docs_embedding');
  await ensureVectorIndexes(database);
  expect(await valueOf(database, `select to_regclass('workflow.idx_mem_docs_embedding') is not null`)).toBe(true);
});

describeOn('postgres', 'on PostgreSQL', () => {
  const nearestEvidence = `select id from evidence.evidence where embedding is not null
    order by embedding::halfvec(3072) <=> $1::vector::halfvec(3072) limit 10`;

  beforeAll(async () => {
    await insertVectors('evidence', 3072, 1000);
    await insertVectors('mem_docs', 1536, 1000);
    await database.script('analyze evidence.evidence; analyze workflow.mem_docs');
  }, 60_000);

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
  beforeAll(async () => {
    await insertVectors('evidence', 3072, 60);
    await insertVectors('mem_docs', 1536, 60);
    await database.script('analyze evidence.evidence; analyze workflow.mem_docs');
  }, 60_000);

  // Sixty rows are faster read than searched: the question is whether the index can serve the query at all.
  const planWithoutScan = async (statement: string, dimensions: number): Promise<string> => {
    await database.script('set enable_seqscan = off');
    return planOf(statement, [vectorOf(7, dimensions)]);
  };

  test('candidates for evidence come from the binary-quantised index', async () => {
    const statement = `select id from evidence.evidence where embedding is not null
      order by binary_quantize(embedding)::bit(3072) <~> binary_quantize($1::vector(3072))::bit(3072) limit 40`;
    expect(await planWithoutScan(statement, 3072)).toContain('Index Scan using idx_evidence_embedding');
  });

  test('nearest memory is read from the index, by the query of PostgreSQL', async () => {
    expect(await planWithoutScan(nearestMemory, 1536)).toContain('Index Scan using idx_mem_docs_embedding');
  });
});
