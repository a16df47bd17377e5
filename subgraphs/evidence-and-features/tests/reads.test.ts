import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { dimensions } from '../repository/search.js';
import { insertDocument, insertFeature } from './rows.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
let documents: { documentId: string; evidenceIds: string[] }[];
let features: string[];

const contents = [
  [
    'POST /login: opens a session',
    'A wrong password is refused',
    'Sessions end after an hour',
    'Logging in opens a session',
  ],
  [
    'The cart keeps its items',
    'The cart is lost after a reload',
    'A cart holds 100 items at most',
    'A cart keeps what is in it',
  ],
];

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  const types = ['endpoint', 'acceptance_criteria', 'constraint', 'requirement'];
  documents = [];
  for (const [index, lines] of contents.entries())
    documents.push(
      await insertDocument(
        opened.database,
        `document-${index}.md`,
        lines.map((content, line) => ({ type: types[line] ?? 'flow', content, rawData: { line } })),
        { repository: index === 0 ? 'acme/shop' : null },
      ),
    );
  const links = (document: number) =>
    (documents[document]?.evidenceIds ?? []).map((evidenceId, index) => ({ evidenceId, strength: 0.5 + index / 10 }));
  features = [
    await insertFeature(opened.database, { name: 'Login', confidence: 0.8 }, links(0)),
    await insertFeature(opened.database, { name: 'Cart', confidence: 0.6 }, links(1)),
    await insertFeature(opened.database, { name: 'Checkout', confidence: 0.9, status: 'confirmed' }),
    await insertFeature(opened.database, { name: 'Session', confidence: 0.76 }, links(0).slice(2)),
  ];
  await opened.database.query(
    `insert into evidence.processing_jobs (document_id, job_type, status) select id, 'extract', 'completed' from evidence.documents`,
  );
  for (const id of features.slice(0, 2))
    for (const type of ['EPIC', 'STORY'])
      await subgraph.mutate('featureOutputGenerate', { featureId: `Feature:${id}`, type });
});
afterAll(() => opened.close());

describe('the common queries', () => {
  test('4.1: all evidence of a feature, the strongest first, in one statement', async () => {
    const { data, statements } = await subgraph.ask(
      `query ($id: ID!) { feature(id: $id) { evidence { edges { strength relationshipType reasoning featureEvidenceId node { id type content rawData } } } } }`,
      { id: `Feature:${features[0] ?? ''}` },
    );
    expect(data.feature.evidence.edges.map((edge: any) => [edge.strength, edge.node.content])).toEqual([
      [0.8, 'Logging in opens a session'],
      [0.7, 'Sessions end after an hour'],
      [0.6, 'A wrong password is refused'],
      [0.5, 'POST /login: opens a session'],
    ]);
    expect(data.feature.evidence.edges[0]).toMatchObject({
      relationshipType: 'IMPLEMENTS',
      reasoning: 'shares its path',
      featureEvidenceId: expect.stringMatching(/^FeatureEvidence:/),
    });
    expect(statements).toHaveLength(1);
  });

  test('4.2: evidence similar to a vector, above 0.7, ten at most, in two statements', async () => {
    const [vector] = await createEmbedder({ embeddings: undefined }).embed(['The cart keeps its items'], dimensions);
    const { data, statements } = await subgraph.ask(
      `query ($vector: [Float!]) { searchEvidence(vector: $vector, first: 10) { nodes { similarity evidence { id content } } } }`,
      { vector: [...(vector ?? [])] },
    );
    expect(data.searchEvidence.nodes).toMatchObject([
      { similarity: expect.closeTo(1, 5), evidence: { content: 'The cart keeps its items' } },
    ]);
    expect(statements).toHaveLength(2);
  });

  test('4.3: candidates above a confidence, the surest first, in one statement', async () => {
    const { data, statements } = await subgraph.ask(
      `{ features(filter: { confidenceScore: { gte: 0.75 }, status: { eq: CANDIDATE } }, orderBy: { field: CONFIDENCE, direction: DESC }) {
        nodes { id name description confidenceScore status metadata } } }`,
    );
    expect(data.features.nodes.map((node: any) => [node.name, node.confidenceScore])).toEqual([
      ['Login', 0.8],
      ['Session', 0.76],
    ]);
    expect(statements).toHaveLength(1);
  });

  test('4.4: a feature with everything that bears on it, in one statement', async () => {
    const { data, statements } = await subgraph.ask(
      `query ($id: ID!) { feature(id: $id) { id name description confidenceScore status tags version
        evidence(first: 100) { totalCount edges { relationshipType strength node { id type content } } } } }`,
      { id: `Feature:${features[1] ?? ''}` },
    );
    expect(data.feature).toMatchObject({ name: 'Cart', status: 'CANDIDATE', evidence: { totalCount: 4 } });
    expect(statements).toHaveLength(1);
  });
});

describe('statements', () => {
  const selections: readonly (readonly [string, number])[] = [
    [
      'documents { nodes { filename evidence { totalCount nodes { content features { edges { strength node { name } } } } } } }',
      1,
    ],
    [
      'documents { nodes { features { nodes { name } } processingJobs { nodes { jobType status } } repository { fullName documents { totalCount } } } }',
      2,
    ],
    ['evidences { nodes { document { filename } features { nodes { name } } } }', 1],
    [
      'features { nodes { evidence { nodes { content } } links { nodes { strength evidence { content } feature { name } } } } }',
      2,
    ],
    ['features { nodes { outputs { nodes { version isLatest markdown } } changes { nodes { action } } } }', 1],
    [
      'features { nodes { parentFeature { name } childFeatures { nodes { name } } mergedInto { name } mergedFrom { nodes { name } } } }',
      1,
    ],
    ['featureOutputs { nodes { type feature { name } } }', 1],
    ['featureChanges { nodes { action feature { name } } }', 1],
    ['processingJobs { nodes { status document { filename } } }', 1],
  ];

  test.each(selections)('%s takes %i', async (selection, expected) => {
    const { data, errors, statements } = await subgraph.ask(`{ ${selection} }`);
    expect(errors).toEqual([]);
    expect(JSON.stringify(data)).toMatch(/"nodes":\[\{/);
    expect(statements).toHaveLength(expected);
  });
});

describe('callers', () => {
  test('known callers read everything, strangers nothing', async () => {
    const query =
      '{ documents { nodes { id } } evidences { nodes { id } } features { nodes { id outputs { nodes { id } } } } }';
    const known = (await subgraph.ask(query, {}, 'reader')).data;
    expect([known.documents.nodes, known.evidences.nodes, known.features.nodes].map((nodes) => nodes.length)).toEqual([
      2, 8, 4,
    ]);
    const stranger = await subgraph.ask(query, {}, 'anonymous');
    expect(stranger.data).toEqual({ documents: null, evidences: null, features: null });
    expect(stranger.codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(stranger.statements).toEqual([]);
  });
});

describe('filters', () => {
  const names = async (filter: string): Promise<string[]> => {
    const { data, errors } = await subgraph.ask(
      `{ features(filter: ${filter}, orderBy: { field: NAME, direction: ASC }) { nodes { name } } }`,
    );
    expect(errors).toEqual([]);
    return data.features.nodes.map((node: { name: string }) => node.name);
  };

  test('features by status, confidence, origin, label and place', async () => {
    const [login = '', cart = ''] = features;
    await subgraph.mutate('featureTag', { featureId: `Feature:${login}`, add: ['auth'] });
    await subgraph.mutate('featureReparent', {
      featureId: `Feature:${features[3] ?? ''}`,
      parentFeatureId: `Feature:${login}`,
    });
    expect(await names('{ status: { eq: CONFIRMED } }')).toEqual(['Checkout']);
    expect(await names('{ confidenceScore: { gt: 0.6, lt: 0.9 } }')).toEqual(['Login', 'Session']);
    expect(await names('{ isInferred: { eq: false } }')).toEqual([]);
    expect(await names('{ hasTag: "auth" }')).toEqual(['Login']);
    expect(await names(`{ parentFeatureId: { eq: "Feature:${login}" } }`)).toEqual(['Session']);
    expect(await names('{ parentFeatureId: { isNull: true }, mergedIntoId: { isNull: true } }')).toEqual([
      'Cart',
      'Checkout',
      'Login',
    ]);
    expect(await names(`{ or: [{ name: { startsWith: "ca" } }, { id: { eq: "Feature:${cart}" } }] }`)).toEqual([
      'Cart',
    ]);
  });

  test('evidence by document, type, text and vector; documents by repository', async () => {
    const id = `Document:${documents[1]?.documentId ?? ''}`;
    const { data } = await subgraph.ask(
      `query ($id: ID!) { one: evidences(filter: { documentId: { eq: $id }, type: { in: [CONSTRAINT, REQUIREMENT] }, hasEmbedding: { eq: true } }) { totalCount }
        text: evidences(filter: { content: { contains: "RELOAD" } }) { nodes { content } }
        repository: documents(filter: { repositoryId: { eq: "Repository:acme/shop" } }) { nodes { filename repository { id fullName } } } }`,
      { id },
    );
    expect(data).toMatchObject({
      one: { totalCount: 2 },
      text: { nodes: [{ content: 'The cart is lost after a reload' }] },
      repository: {
        nodes: [{ filename: 'document-0.md', repository: { id: 'Repository:acme/shop', fullName: 'acme/shop' } }],
      },
    });
  });

  test('a repository without documents here is known by its name, and empty', async () => {
    const { data, errors } = await subgraph.ask(
      `{ _entities(representations: [{ __typename: "Repository", fullName: "acme/none" }, { __typename: "Repository", id: "Repository:acme/shop" }]) {
        ... on Repository { fullName documents { totalCount } } } }`,
    );
    expect(errors).toEqual([]);
    expect(data._entities).toEqual([
      { fullName: 'acme/none', documents: { totalCount: 0 } },
      { fullName: 'acme/shop', documents: { totalCount: 1 } },
    ]);
  });
});

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const queries = [...readme.matchAll(/```graphql\n(\{.*?)```/gs)].map((match) => match[1] ?? '');

test.each(queries)('a query of the README answers: %s', async (query) => {
  const { data, errors } = await subgraph.ask(query);
  expect(errors).toEqual([]);
  expect(JSON.stringify(data)).toContain('"nodes":[{');
});
