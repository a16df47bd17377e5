import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { dimensions } from '../repository/search.js';
import { insertDocument, insertFeature } from './rows.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
let api: { documentId: string; evidenceIds: string[] };
let backlog: { documentId: string; evidenceIds: string[] };
let feature: string;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  api = await insertDocument(
    opened.database,
    'shop.yaml',
    [
      { type: 'endpoint', content: 'POST /invoices: creates an invoice for a customer' },
      { type: 'endpoint', content: 'GET /invoices: lists the invoices of a customer' },
      { type: 'endpoint', content: 'DELETE /invoices/{id}: cancels an invoice' },
      { type: 'payload', content: 'An invoice has lines, a total amount and a currency' },
      { type: 'endpoint', content: 'GET /health: tells whether the service is alive' },
    ],
    { repository: 'acme/shop' },
  );
  backlog = await insertDocument(opened.database, 'backlog.csv', [
    { type: 'requirement', content: 'An accountant creates invoices for customers' },
    { type: 'bug', content: 'The currency of a cancelled invoice is lost <b>again</b>' },
    { type: 'requirement', content: 'An accountant creates invoices for the customers.' },
    { type: 'constraint', content: 'Passwords have twelve characters or more' },
  ]);
  await insertDocument(opened.database, 'unembedded.md', [{ type: 'flow', content: 'A screenplay about invoices' }], {
    embedded: false,
  });
  feature = await insertFeature(opened.database, { name: 'Invoicing' }, [
    { evidenceId: api.evidenceIds[0] ?? '' },
    { evidenceId: api.evidenceIds[2] ?? '' },
  ]);
});
afterAll(() => opened.close());

const search = async (args: string, selection = '', variables: Record<string, unknown> = {}, head = '') =>
  subgraph.ask(
    `query ${head} { searchEvidence(${args}) {
      nodes { score similarity snippet evidence { id type content } }
      edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } ${selection} } }`,
    variables,
  );
const contents = (answer: Awaited<ReturnType<typeof search>>): string[] =>
  answer.data.searchEvidence.nodes.map((node: { evidence: { content: string } }) => node.evidence.content);
const vectorOf = async (text: string) => {
  const [vector] = await createEmbedder({ embeddings: undefined }).embed([text], dimensions);
  return [...(vector ?? [])];
};

describe('searchEvidence', () => {
  test.each(['TEXT', 'VECTOR', 'HYBRID'])('%s: one statement finds, one reads what was found', async (mode) => {
    const answer = await search(`text: "creating invoices", mode: ${mode}, minSimilarity: 0.1`);
    expect(answer.errors).toEqual([]);
    expect(contents(answer).length).toBeGreaterThan(2);
    expect(contents(answer)[0]).toMatch(/creates/);
    expect(answer.statements).toHaveLength(2);
  });

  test('by meaning, the default threshold of 0.7 keeps what is hardly alike out', async () => {
    const answer = await search(`evidenceId: "Evidence:${backlog.evidenceIds[0] ?? ''}"`);
    expect(contents(answer)).toEqual([
      'An accountant creates invoices for the customers.',
      'POST /invoices: creates an invoice for a customer',
    ]);
    expect(answer.data.searchEvidence.nodes[1].similarity).toBeGreaterThan(0.7);
    expect(answer.data.searchEvidence.nodes[0].score).toBeCloseTo(answer.data.searchEvidence.nodes[0].similarity, 6);
  });

  test('by a vector of the caller’s own', async () => {
    const vector = await vectorOf('POST /invoices: creates an invoice for a customer');
    const answer = await search('vector: $vector, first: 1', '', { vector }, '($vector: [Float!])');
    expect(contents(answer)).toEqual(['POST /invoices: creates an invoice for a customer']);
    expect(answer.data.searchEvidence.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  test('what has no vector yet is found by its words', async () => {
    const answer = await search('text: "screenplay"');
    expect(answer.data.searchEvidence.nodes[0]).toMatchObject({
      similarity: null,
      evidence: { content: 'A screenplay about invoices' },
      snippet: '«screenplay» about invoices',
    });
  });

  test('filters narrow by type, document, feature and repository', async () => {
    const found = async (args: string) => contents(await search(`text: "invoice", mode: TEXT, ${args}`)).sort();
    expect(await found('types: [BUG, PAYLOAD]')).toEqual([
      'An invoice has lines, a total amount and a currency',
      'The currency of a cancelled invoice is lost <b>again</b>',
    ]);
    expect(await found(`documentId: "Document:${backlog.documentId}"`)).toHaveLength(3);
    expect(await found(`featureId: "Feature:${feature}"`)).toEqual([
      'DELETE /invoices/{id}: cancels an invoice',
      'POST /invoices: creates an invoice for a customer',
    ]);
    expect(await found('repositoryId: "Repository:ACME/shop"')).toHaveLength(4);
    expect(await found('types: []')).toEqual([]);
  });

  test('pages continue each other', async () => {
    const all = contents(await search('text: "invoice customer currency"'));
    const paged: string[] = [];
    let after = '';
    for (let more = true; more;) {
      const answer = await search(`text: "invoice customer currency", first: 2${after}`);
      paged.push(...contents(answer));
      more = answer.data.searchEvidence.pageInfo.hasNextPage;
      after = `, after: "${answer.data.searchEvidence.pageInfo.endCursor}"`;
    }
    expect(paged).toEqual(all);
    expect(new Set(paged).size).toBe(paged.length);
  });

  test.each([
    ['', 'Give text, vector or evidenceId'],
    ['text: "  "', 'at least one character'],
    ['text: "a", mode: TEXT, vector: [1.0]', 'text alone'],
    ['vector: [1.0, 2.0]', 'has 2 dimensions, expected 3072'],
    ['evidenceId: "Feature:00000000-0000-4000-8000-000000000000"', 'Expected an id of type Evidence'],
    ['evidenceId: "Evidence:x"', 'Malformed id'],
    ['mode: HYBRID, evidenceId: "Evidence:00000000-0000-4000-8000-000000000000"', 'needs text'],
    ['text: "a", minSimilarity: 1.5', 'must be -1 to 1'],
    ['text: "a", first: 101', 'first must be 1 to 100'],
    ['text: "a", after: "bm9uc2Vuc2U"', 'Malformed cursor'],
    ['text: "a\\u0000b"', 'U+0000'],
    [`text: "${'x'.repeat(2_001)}"`, '2000 characters'],
  ])('refuses %s', async (args, reason) => {
    const answer = await subgraph.ask(`{ searchEvidence${args === '' ? '' : `(${args})`} { nodes { score } } }`);
    expect(answer.errors).toEqual([expect.stringContaining(reason)]);
    expect(['BAD_USER_INPUT', 'CURSOR_INVALID']).toContain(answer.codes[0]);
    expect(answer.statements).toEqual([]);
  });

  test('refuses a vector without a direction, and numbers that are none', async () => {
    const zeros = await search('vector: $vector', '', { vector: Array(3072).fill(0) }, '($vector: [Float!])');
    expect(zeros).toMatchObject({ codes: ['BAD_USER_INPUT'], errors: [expect.stringContaining('all zeros')] });
    const none = await search('vector: $vector', '', { vector: [Number.NaN] }, '($vector: [Float!])');
    expect(none.errors).toEqual([expect.stringContaining('cannot represent non numeric value: NaN')]);
  });
});

test('Evidence.similar: neighbours of a whole list take one statement, and one more reads them and their documents', async () => {
  const answer = await subgraph.ask(
    `query ($id: ID!) { document(id: $id) { evidence { nodes { content
      similar(first: 2, minSimilarity: 0.3) { similarity evidence { content document { filename } } } } } } }`,
    { id: `Document:${backlog.documentId}` },
  );
  expect(answer.errors).toEqual([]);
  const [first, , , password] = answer.data.document.evidence.nodes;
  expect(first.similar[0].evidence.content).toBe('An accountant creates invoices for the customers.');
  expect(first.similar).toHaveLength(2);
  expect(first.similar[0].similarity).toBeGreaterThan(first.similar[1].similarity);
  expect(password.similar).toEqual([]);
  expect(answer.statements).toHaveLength(3);
});

test('similar can be asked twice beside each other with other arguments', async () => {
  const answer = await subgraph.ask(
    `query ($id: ID!) { evidence(id: $id) { one: similar(first: 1, minSimilarity: 0.1) { similarity }
       bugs: similar(minSimilarity: 0, types: [BUG]) { evidence { type } } bad: similar(first: 51) { similarity } } }`,
    { id: `Evidence:${backlog.evidenceIds[0] ?? ''}` },
  );
  expect(answer.errors).toEqual(['first must be 1 to 50, got 51.']);
  const good = await subgraph.ask(
    `query ($id: ID!) { evidence(id: $id) { one: similar(first: 1, minSimilarity: 0.1) { similarity }
       bugs: similar(minSimilarity: 0, types: [BUG]) { evidence { type } } } }`,
    { id: `Evidence:${backlog.evidenceIds[0] ?? ''}` },
  );
  expect(good.data.evidence.one).toHaveLength(1);
  expect(good.data.evidence.bugs).toEqual([{ evidence: { type: 'BUG' } }]);
});

test('nearDuplicates: what a document says that is said elsewhere, page by page', async () => {
  const ask = (args: string) =>
    subgraph.ask(
      `{ nearDuplicates(documentId: "Document:${backlog.documentId}"${args}) {
        examined hasNextPage endCursor nodes { evidence { content } duplicates { similarity evidence { content } } } } }`,
    );
  const { data, statements } = await ask('');
  expect(data.nearDuplicates).toMatchObject({ examined: 4, hasNextPage: false });
  expect(data.nearDuplicates.nodes.map((node: any) => node.evidence.content).sort()).toEqual([
    'An accountant creates invoices for customers',
    'An accountant creates invoices for the customers.',
  ]);
  expect(statements).toHaveLength(4);
  const first = (await ask(', first: 3')).data.nearDuplicates;
  expect(first).toMatchObject({ examined: 3, hasNextPage: true });
  const second = (await ask(`, first: 3, after: "${first.endCursor}"`)).data.nearDuplicates;
  expect(second).toMatchObject({ examined: 1, hasNextPage: false });
  expect([...first.nodes, ...second.nodes]).toHaveLength(2);
  expect((await ask(', minSimilarity: 2')).errors).toEqual(['minSimilarity must be -1 to 1.']);
  expect((await ask(', first: 0')).errors).toEqual(['first must be 1 to 100, got 0.']);
});

test('search is for known callers', async () => {
  for (const field of [
    'searchEvidence(text: "a") { nodes { score } }',
    'nearDuplicates(documentId: "Document:x") { examined }',
  ])
    expect((await subgraph.ask(`{ ${field} }`, {}, 'anonymous')).codes).toEqual(['UNAUTHENTICATED']);
});
