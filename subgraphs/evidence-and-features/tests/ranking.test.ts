import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOn, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { search, type SearchMode, type SearchRequest } from '../../kernel/search/index.js';
import { dimensions, evidenceTarget } from '../repository/search.js';
import { labelledOperations, type LabelledQuery } from './labelled-operations.js';
import { insertDocument } from './rows.js';

test('each question is about one operation of the documents, in other words than the operation is described in', async () => {
  const { queries, facts } = await labelledOperations();
  expect(queries.length).toBeGreaterThan(200);
  for (const { text, relevant } of queries) {
    expect(facts[relevant]).toBeDefined();
    expect(facts[relevant]?.content).not.toContain(text);
  }
});

/** 235 questions among 617 facts, each asked in three ways: on the server alone, for the suite's time. */
describeOn('postgres', 'ranking', () => {
  let opened: TestDatabase;
  let ids: string[];
  let queries: readonly LabelledQuery[];
  let vectors: readonly Float32Array[];

  beforeAll(async () => {
    opened = await openTestDatabase();
    const set = await labelledOperations();
    queries = set.queries;
    ids = (await insertDocument(opened.database, 'apis.json', set.facts)).evidenceIds;
    const texts = queries.map((query) => query.text);
    vectors = await createEmbedder({ embeddings: undefined }).embed(texts, dimensions);
  }, 120_000);
  afterAll(() => opened.close());

  /** Discounted gain of the first ten, 1 when each question's operation comes first: nDCG@10 with one relevant each. */
  async function gainOf(mode: SearchMode): Promise<number> {
    let gain = 0;
    for (const [index, { text, relevant }] of queries.entries()) {
      const near = { vector: vectors[index] ?? [] };
      const request = { mode, text, near, minSimilarity: 0.05, limit: 10 } as SearchRequest;
      const hits = await search({ db: opened.database, database: opened.database }, evidenceTarget, request);
      const place = hits.findIndex((hit) => hit.key === ids[relevant]);
      if (place >= 0) gain += 1 / Math.log2(place + 2);
    }
    return gain / queries.length;
  }

  test('operations asked for in other words: both ways together find better than either alone', async () => {
    const gains = { TEXT: await gainOf('TEXT'), VECTOR: await gainOf('VECTOR'), HYBRID: await gainOf('HYBRID') };
    const shown = Object.entries(gains).map(([mode, gain]) => `${mode} ${gain.toFixed(3)}`);
    process.stdout.write(`nDCG@10 over ${queries.length} questions: ${shown.join(', ')}\n`);
    expect(gains.HYBRID).toBeGreaterThan(gains.VECTOR);
    expect(gains.HYBRID).toBeGreaterThan(gains.TEXT);
  }, 120_000);
});
