import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { seeded } from '../../../tests/testkit/seeded.js';
import { countStatements, sql, type Database, type Statement } from '../db/index.js';
import { checkVector, fromVectorText, listSimilar, search, toVectorText, type SearchRequest } from './index.js';
import type { SearchTarget } from './target.js';
import { textQuery } from './text-query.js';

const target: SearchTarget = {
  name: 'test.search',
  table: 'evidence.evidence',
  key: 'id',
  words: 'search_vector',
  body: 't.content',
  embedding: { column: 'embedding', dimensions: 3072, index: { postgres: 'halfvec', pglite: 'bit' } },
};

let opened: TestDatabase;
let database: Database;

const rows = 60;
const centres = Array.from({ length: 6 }, (_, seed) => {
  const random = seeded(seed + 1);
  return Array.from({ length: 3072 }, () => random() - 0.5);
});

/** Around one of six centres; the farther, the higher the row's number. */
function vectorOf(row: number): Float32Array {
  const random = seeded(row + 100);
  const centre = centres[row % 6] ?? [];
  return checkVector(
    centre.map((value) => value + ((random() - 0.5) * (row + 5)) / 30),
    3072,
  );
}

const idOf = (row: number): string => `00000000-0000-4000-8000-${String(row).padStart(12, '0')}`;
const rowOf = (key: string): number => Number(key.slice(24));
const topics = ['invoice', 'refund', 'login', 'export', 'audit', 'backup'];
const contentOf = (row: number): string =>
  `The ${topics[row % 6] ?? ''} page lists what customer number ${row} sees <script>alert(${row})</script>`;

beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  const numbers = Array.from({ length: rows }, (_, row) => row);
  await database.query(
    `insert into evidence.evidence (id, type, content, embedding)
     select id, case when ordinal % 10 = 0 then 'bug' else 'flow' end, content, embedding::vector
     from unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) as r(id, content, embedding, ordinal)`,
    [numbers.map(idOf), numbers.map(contentOf), numbers.map((row) => toVectorText(vectorOf(row))), numbers],
  );
  await database.query(
    `insert into evidence.evidence (id, type, content, embedding) values ($1, 'flow', 'An invoice without a vector', null),
       ($2, 'flow', 'An invoice whose vector has no direction', array_fill(0, array[3072])::vector)`,
    [idOf(900), idOf(901)],
  );
});
afterAll(() => opened.close());

const ask = async (request: SearchRequest) => search({ db: database, database }, target, request);
const near = { vector: vectorOf(12) };
const byVector = { mode: 'VECTOR', text: null, near, minSimilarity: -1, limit: 10 } as const;

describe('by words', () => {
  const keys = async (text: string) => (await ask({ mode: 'TEXT', text, limit: 100 })).map((hit) => rowOf(hit.key));

  test('any of the words finds, and more of them ranks higher', async () => {
    const found = await keys('a refund for customer number 7?');
    expect(found[0]).toBe(7);
    expect(found).toHaveLength(rows);
    expect(found.slice(0, 10).sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, n) => n * 6 + 1));
  });

  test('a phrase is found as it stands, and an excluded word is not there', async () => {
    expect(await keys('"customer number 31"')).toEqual([31]);
    expect(await keys('invoice -lists')).toEqual([900, 901]);
    expect(await keys('invoice -"lists what" -direction')).toEqual([900]);
  });

  test('words inside of identifiers and paths are words', async () => {
    const [id] = [idOf(902)];
    await database.query(
      `insert into evidence.evidence (id, type, content) values ($1, 'endpoint', 'GET /sites/{site_id}/ssl: showSiteTLSCertificate')`,
      [id],
    );
    for (const text of ['certificate', 'siteId', '"site id"', '/sites/{site_id}', 'show_site'])
      expect(await keys(text)).toEqual([902]);
    await database.query('delete from evidence.evidence where id = $1', [id]);
  });

  test('inflections are one word, and stop words none', async () => {
    expect(await keys('invoices')).toHaveLength(12);
    expect(await keys('the')).toEqual([]);
  });

  test('nothing to search for, too much of it, and NUL are refused', () => {
    expect(() => textQuery('  ', 'any')).toThrow('at least one word');
    expect(() => textQuery('{} "!"', 'any')).toThrow('at least one word');
    expect(() => textQuery('-only', 'any')).toThrow('at least one word');
    expect(() => textQuery('x'.repeat(2_001), 'any')).toThrow('2000 characters');
    expect(() => textQuery('a\0b', 'any')).toThrow('U+0000');
  });

  test('operators of the query language are nothing but text', async () => {
    for (const text of ["x' | !", '& <-> a ( ) :*', '"unclosed', "a'); drop table x; --", 'a\\', '- -- "" or OR x'])
      await expect(ask({ mode: 'TEXT', text, limit: 5 })).resolves.toBeDefined();
  });
});

describe('by vector', () => {
  test('the nearest come first, as comparing with every row says', async () => {
    const hits = await ask(byVector);
    expect(hits.map((hit) => hit.key)).toEqual((await ask({ ...byVector, exact: true })).map((hit) => hit.key));
    expect(rowOf(hits[0]?.key ?? '')).toBe(12);
    expect(hits[0]?.similarity).toBeCloseTo(1, 5);
    expect(hits.map((hit) => Number(hit.score))).toEqual(
      hits.map((hit) => hit.similarity ?? 0).map((s) => Number(s.toFixed(9))),
    );
  });

  test('what is less similar than asked is not found', async () => {
    const found = await ask({ ...byVector, minSimilarity: 0.7, limit: 100 });
    expect(found.length).toBeGreaterThan(2);
    expect(found.length).toBeLessThan(rows);
    expect(Math.min(...found.map((hit) => hit.similarity ?? 0))).toBeGreaterThanOrEqual(0.7);
    expect(found.every((hit) => rowOf(hit.key) % 6 === 0)).toBe(true);
  });

  test('a row finds its neighbours and not itself; a row without a direction finds nothing and is not found', async () => {
    const [first] = await ask({ ...byVector, near: { key: idOf(12) } });
    expect(rowOf(first?.key ?? '') % 6).toBe(0);
    expect(first?.key).not.toBe(idOf(12));
    for (const row of [900, 901, 999])
      expect(await ask({ ...byVector, near: { key: idOf(row) }, minSimilarity: 0 })).toEqual([]);
    const all = await ask({ ...byVector, limit: 100 });
    expect(all.map((hit) => rowOf(hit.key))).not.toContain(901);
  });

  test('a filter narrows what is searched, not what was found', async () => {
    const hits = await ask({ ...byVector, filter: sql`t.type = ${'bug'}` });
    expect(hits.map((hit) => rowOf(hit.key)).sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  test('settings of the scan end with the statement', async () => {
    await ask(byVector);
    const [row] = await database.query<{ set: string | null }>(`select current_setting('hnsw.ef_search', true) as set`);
    expect(row?.set ?? '40').toBe('40');
  });
});

describe('both, fused', () => {
  const hybrid = (text: string) => ask({ ...byVector, mode: 'HYBRID', text, minSimilarity: 0.7, limit: 100 });

  test('what both find first has the sum of reciprocal places', async () => {
    const [first] = await hybrid('number 12 invoice');
    expect(rowOf(first?.key ?? '')).toBe(12);
    expect(Number(first?.score)).toBeCloseTo(2 / 11, 6);
  });

  test('what words alone find is there with its similarity, however low', async () => {
    const hits = (await hybrid('refund page')).filter((hit) => (hit.similarity ?? 0) < 0.7);
    expect(hits.map((hit) => rowOf(hit.key) % 6)).toEqual(Array.from({ length: 10 }, () => 1));
    expect(Math.max(...hits.map((hit) => Number(hit.score)))).toBeLessThanOrEqual(Number((1 / 11).toFixed(9)));
  });

  test('of two words both must be there, of more all but one', async () => {
    const byWords = async (text: string) =>
      (await hybrid(text)).filter((hit) => (hit.similarity ?? 0) < 0.7).map((hit) => rowOf(hit.key));
    expect(await byWords('refund 7')).toEqual([7]);
    expect(await byWords('what refund zebra')).toEqual([]);
    expect(await byWords('the refund number 7')).toContain(13);
    expect(await byWords('refund number 7 zebra')).toEqual([7]);
  });

  test('a row without a vector is found by its words', async () => {
    const hits = await ask({ ...byVector, mode: 'HYBRID', text: '"without a vector"', limit: 100 });
    expect(hits.find((hit) => hit.key === idOf(900))).toMatchObject({ similarity: null });
  });
});

test.each([
  ['TEXT', { mode: 'TEXT', text: 'invoice refund', limit: 4 }],
  ['VECTOR', { ...byVector, limit: 4, minSimilarity: -0.01 }],
  ['HYBRID', { ...byVector, mode: 'HYBRID', text: 'refund', limit: 4, minSimilarity: 0.5 }],
] as const)('%s: pages continue each other, one statement each', async (_mode, request: SearchRequest) => {
  const whole = await ask({ ...request, limit: 100 });
  const counted = countStatements(database);
  const paged: string[] = [];
  let pages = 0;
  for (let after: SearchRequest['after'] = null; ;) {
    const page = await search({ db: counted.db, database }, target, { ...request, after });
    pages += 1;
    paged.push(...page.map((hit) => hit.key));
    const last = page.at(-1);
    if (last === undefined) break;
    after = { score: last.score, key: last.key };
  }
  expect(paged).toEqual(whole.map((hit) => hit.key));
  expect(paged.length).toBeGreaterThan(8);
  expect(counted.count()).toBe(pages);
});

test('snippets mark words in plain text, and show the beginning where no word is given', async () => {
  const [byWord] = await ask({ mode: 'TEXT', text: '"customer number 31"', limit: 1 });
  expect(byWord?.snippet).toContain('«customer» «number» «31»');
  expect(byWord?.snippet).not.toContain('<b>');
  const [first] = await ask(byVector);
  expect(first?.snippet).toBe(contentOf(12));
});

test('neighbours of many rows take one statement, and are those that each finds alone', async () => {
  const keys = [3, 4, 12, 900, 901].map(idOf);
  const counted = countStatements(database);
  const found = await listSimilar({ db: counted.db, database }, target, {
    keys: sql`select unnest(${keys}::uuid[]) as key`,
    minSimilarity: 0.5,
    limit: 5,
  });
  expect(counted.count()).toBe(1);
  for (const key of keys) {
    const alone = await ask({ ...byVector, near: { key }, minSimilarity: 0.5, limit: 5 });
    expect(found.filter((pair) => pair.key === key).map((pair) => pair.similarKey)).toEqual(
      alone.map((hit) => hit.key),
    );
  }
  expect(found).not.toEqual([]);
});

describe('a vector from outside', () => {
  const ones = (length: number) => Array.from({ length }, () => 1);

  test('is refused with the wrong length, with what is not a number, and without a direction', () => {
    expect(() => checkVector(ones(1536), 3072)).toThrow('has 1536 dimensions, expected 3072');
    expect(() => checkVector([1, Number.NaN, 1], 3)).toThrow('vector[1] is not a finite number');
    expect(() => checkVector([1, 1, Number.POSITIVE_INFINITY], 3, 'embedding')).toThrow('embedding[2] is not');
    expect(() => checkVector([0, 0, 0], 3)).toThrow('all zeros');
  });

  test('of any length is brought to length 1, however large or small its values', () => {
    for (const size of [1e-300, 1, 65_504, 1e300]) {
      const vector = checkVector([3 * size, 0, -4 * size], 3);
      expect([...vector].map((value) => value.toFixed(3))).toEqual(['0.600', '0.000', '-0.800']);
    }
    expect([...fromVectorText(toVectorText([0.5, -0.25]))]).toEqual([0.5, -0.25]);
  });
});

describeOn('postgres', 'on PostgreSQL', () => {
  test('the vector index can serve both statements', async () => {
    const texts: string[] = [];
    const explained: Database = {
      ...database,
      engine: database.engine,
      query: async (statement: Statement | string, values?: readonly unknown[]) => {
        const bound = values ?? (statement as { values?: readonly unknown[] }).values ?? [];
        await database.transaction(async (tx) => {
          await tx.query('set local enable_seqscan = off');
          const text = typeof statement === 'string' ? statement : statement.text;
          const plan = await tx.query<Record<string, string>>(`explain ${text}`, bound);
          texts.push(plan.map((row) => row['QUERY PLAN']).join('\n'));
        });
        return [];
      },
    };
    await search({ db: explained, database }, target, byVector);
    await search({ db: explained, database }, target, { ...byVector, mode: 'HYBRID', text: 'refund' });
    const keys = sql`select id as key from evidence.evidence limit 3`;
    await listSimilar({ db: explained, database }, target, { keys, minSimilarity: 0.7, limit: 3 });
    expect(texts).toHaveLength(3);
    for (const text of texts) expect(text).toContain('Index Scan using idx_evidence_embedding');
  });
});
