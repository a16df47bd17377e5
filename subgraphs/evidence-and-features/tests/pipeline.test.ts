import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { packagePath } from '../../kernel/config/index.js';
import { createEmbedder, EmbeddingFailure, type Embedder } from '../../kernel/embeddings/index.js';
import { addDocument, createWorker, hashOf, openStore } from './queue-fixture.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let files: Awaited<ReturnType<typeof openStore>>;
let subgraph: TestSubgraph;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
});
afterAll(() => opened.close());
beforeEach(async () => {
  files = await openStore();
  repository = `acme/pump-${(tests += 1)}`;
});
afterEach(async () => {
  await files.close();
  await opened.database.script('delete from evidence.documents');
});

/** Features outlive their documents, so each test has a product of its own. */
let repository: string;
let tests = 0;
const jira = readFileSync(packagePath('subgraphs', 'evidence-and-features', 'tests', 'jira-export.csv'));
const api = (text: string): string => `openapi: 3.1.0
paths:
  /deliveries:
    get: { tags: [History], summary: List deliveries of a patient${text}, responses: { '200': { description: OK, content: { application/json: { schema: { $ref: '#/components/schemas/Delivery' } } } } } }
  /deliveries/{id}:
    get: { tags: [History], summary: Get a delivery of a patient${text}, parameters: [{ name: id, in: path, required: true }], responses: { '200': { description: OK } } }
components: { schemas: { Delivery: { properties: { patient: { type: string }, drug: { type: string }, volume: { type: number } } } } }
`;

async function featuresOf(documentId: string): Promise<any[]> {
  const { data, errors } = await subgraph.ask(`{ document(id: "Document:${documentId}") { status
    features(first: 50) { nodes { id name status confidenceScore reasoning reviewedBy version isInferred
      evidence(first: 100) { edges { relationshipType strength reasoning node { content type } } }
      changes(first: 20) { nodes { action changedBy oldValues newValues } } } } } }`);
  if (errors.length > 0) throw new Error(errors.join('; '));
  expect(data.document.status).toBe('COMPLETED');
  return data.document.features.nodes;
}

const add = (
  filename: string,
  fileType: 'csv' | 'yaml' | 'md' | 'json',
  content: string | Buffer,
  more = {},
): Promise<[string, string]> =>
  addDocument(opened.database, files.store, { filename, fileType, content, repository, ...more });
const drain = (embedder?: Embedder): Promise<number> =>
  createWorker(opened.database, files.store, embedder === undefined ? {} : { embedder }).drain();

describe('a document on its way through the worker', () => {
  test('is extracted, embedded and inferred from; features say what they rest on, how strongly and why', async () => {
    const [documentId] = await add('jira.csv', 'csv', jira);
    expect(await drain()).toBe(3);
    const { data } =
      await subgraph.ask(`{ document(id: "Document:${documentId}") { evidence(first: 100) { totalCount nodes { hasEmbedding } }
      processingJobs { nodes { jobType status retryCount } } } }`);
    expect(data.document.evidence.totalCount).toBe(14);
    expect(data.document.evidence.nodes.every((each: any) => each.hasEmbedding)).toBe(true);
    expect(data.document.processingJobs.nodes).toEqual(
      ['EXTRACT', 'EMBED', 'INFER'].map((jobType) => ({ jobType, status: 'COMPLETED', retryCount: 0 })),
    );
    const features = await featuresOf(documentId);
    const dosing = features.find(({ name }) => name === 'Dose programming');
    expect(dosing).toMatchObject({
      isInferred: true,
      reviewedBy: null,
      reasoning: expect.stringMatching(
        /^shared structure: the epic PUMP-1 \(\+0\.30\); 9 pieces of evidence \(\+0\.15\); mean similarity 0\.\d\d/,
      ),
      changes: {
        nodes: [
          {
            action: 'CREATED',
            changedBy: 'document-worker',
            oldValues: null,
            newValues: { linked_evidence: 9, name: 'Dose programming' },
          },
        ],
      },
    });
    const parts = [...(dosing.reasoning as string).matchAll(/\(\+(0\.\d\d)\)/g)].map(([, value]) => Number(value));
    expect(Math.abs(parts.reduce((sum, value) => sum + value, 0) - Number(dosing.confidenceScore))).toBeLessThan(0.02);
    for (const { confidenceScore, status } of features) {
      expect(Number(confidenceScore)).toBeGreaterThanOrEqual(0.5);
      expect(status).toBe(Number(confidenceScore) >= 0.75 ? 'CONFIRMED' : 'CANDIDATE');
    }
    const edges = dosing.evidence.edges as any[];
    expect(edges).toHaveLength(9);
    for (const { relationshipType, strength, reasoning, node } of edges) {
      expect(relationshipType).toBe(node.type === 'ACCEPTANCE_CRITERIA' ? 'CONSTRAINS' : 'SUPPORTS');
      expect(Number(strength)).toBeGreaterThanOrEqual(0.6);
      expect(reasoning).toMatch(/^Shares the epic PUMP-1; similarity 0\.\d\d to the centre of its group\.$/);
    }
  });

  test('says how it was read: what it was taken for, what was found, and what was passed over at which place and why', async () => {
    const content = '# Door\n\nThe door must open.\n\nIt is red.\n';
    const [documentId] = await add('door.md', 'md', content);
    const ask = async (): Promise<any> =>
      (
        await subgraph.ask(`{ document(id: "Document:${documentId}") { reading { format passedOverCount
          found { type count } passedOver { text reason line column } } } }`)
      ).data.document.reading;
    expect(await ask()).toBeNull();
    await drain();
    expect(await ask()).toEqual({
      format: 'Markdown',
      found: [{ type: 'REQUIREMENT', count: 1 }],
      passedOver: [{ text: 'It is red.', reason: 'asks for nothing', line: 5, column: 1 }],
      passedOverCount: 1,
    });
  });

  test('with text that nobody can read fails at once, in words for people, and stores nothing', async () => {
    const [documentId] = await add('people.csv', 'csv', 'name,age\nann,42\n');
    expect(await drain()).toBe(1);
    const { data } = await subgraph.ask(
      `{ document(id: "Document:${documentId}") { status errorMessage evidence { totalCount } processingJobs { nodes { status } } } }`,
    );
    expect(data.document).toEqual({
      status: 'FAILED',
      errorMessage: 'The file is no Jira export: it needs the columns Issue key, Summary and Issue Type.',
      evidence: { totalCount: 0 },
      processingJobs: { nodes: [{ status: 'FAILED' }] },
    });
  });

  test('is not read when its path was registered for other bytes', async () => {
    await add('a.md', 'md', 'It must not be shown.');
    const filePath = `documents/${hashOf('It must not be shown.').slice(0, 2)}/${hashOf('It must not be shown.')}`;
    const { document } = await subgraph.mutate(
      'documentRegister',
      { filename: 'b.md', fileType: 'MD', filePath, fileHash: hashOf('other') },
      'document { id }',
      'writer',
    );
    await drain();
    const { data } = await subgraph.ask(
      `{ document(id: "${document.id as string}") { status errorMessage evidence { totalCount } } }`,
    );
    expect(data.document).toEqual({
      status: 'FAILED',
      errorMessage: expect.stringContaining('hash differs'),
      evidence: { totalCount: 0 },
    });
  });

  test('waits for its embeddings as long as their provider asks, and no other message than ours is shown', async () => {
    const [documentId] = await add('a.md', 'md', 'It must beep.');
    const failing: Embedder = {
      model: 'm',
      embed: () =>
        Promise.reject(
          new EmbeddingFailure('HTTP 429 for key sk-secret', { isTransient: true, retryAfterMs: 120_000 }),
        ),
    };
    expect(await drain(failing)).toBe(2);
    const [job] = await opened.database.query(
      `select job_type, status, retry_count, error_message, next_attempt_at > now() + interval '110 seconds' as is_patient
       from evidence.processing_jobs where status = 'pending'`,
    );
    expect(job).toMatchObject({
      job_type: 'embed',
      retry_count: 1,
      is_patient: true,
      error_message: expect.not.stringContaining('sk-'),
    });
    await opened.database.query('update evidence.processing_jobs set next_attempt_at = now()');
    expect(await drain()).toBe(2);
    expect(await featuresOf(documentId)).toEqual([]);
  });

  test('is tried again, and not left to its lease, when what was found can not be stored', async () => {
    await add('a.md', 'md', 'It must beep.');
    await drain({ model: 'm', embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(1, 0))) });
    const jobs = await opened.database.query(
      'select status, retry_count, error_message, lease_token from evidence.processing_jobs where job_type = $1',
      ['embed'],
    );
    const error_message = 'The worker failed; its log says why.';
    expect(jobs).toEqual([{ status: 'pending', retry_count: 1, error_message, lease_token: null }]);
  });

  test('with more evidence than goes into one batch is embedded in several', async () => {
    const [documentId] = await add(
      'long.md',
      'md',
      Array.from({ length: 70 }, (_, n) => `The part number ${n} must fit.`).join('\n\n'),
    );
    const sizes: number[] = [];
    const own = createEmbedder({ embeddings: undefined });
    await drain({
      model: 'm',
      embed: (texts, dimensions) => {
        sizes.push(texts.length);
        return own.embed(texts, dimensions);
      },
    });
    expect(sizes).toEqual([64, 6]);
    await featuresOf(documentId);
  });
});

describe('inference over what is there already', () => {
  const named = (features: readonly any[], name: string): any => features.find((feature) => feature.name === name);

  test('another document that points to the same feature makes it surer, and says so in its history', async () => {
    await add('jira.csv', 'csv', jira);
    await drain();
    const [documentId] = await add('api.yaml', 'yaml', api(''));
    await drain();
    const history = named(await featuresOf(documentId), 'History');
    expect(history.evidence.edges.map(({ node }: any) => node.type).sort()).toEqual([
      'ACCEPTANCE_CRITERIA',
      'ACCEPTANCE_CRITERIA',
      'BUG',
      'ENDPOINT',
      'ENDPOINT',
      'PAYLOAD',
      'REQUIREMENT',
    ]);
    const [latest, first] = history.changes.nodes;
    expect([first.action, latest.action]).toEqual(['CREATED', 'UPDATED']);
    expect(latest).toMatchObject({
      oldValues: { confidence_score: first.newValues.confidence_score },
      newValues: {
        linked_evidence: 3,
        reasoning: expect.stringMatching(/^3 pieces of evidence of another document, with 0\.\d\d \(\+0\.\d\d\)$/),
      },
    });
    expect(Number(history.confidenceScore)).toBeGreaterThan(first.newValues.confidence_score);
    expect(history.reasoning).toContain('of another document');
  });

  test('of no repository has nothing to do with another, and alone confirms nothing', async () => {
    const own = (tag: string): string =>
      `openapi: 3.0.0\npaths:\n  /${tag}:\n    get: { tags: [${tag}], summary: List ${tag}, responses: { '401': { description: Unauthorized } } }\n    post: { tags: [${tag}], summary: Add to ${tag}, responses: { '401': { description: Unauthorized } } }\n`;
    const documents: string[] = [];
    for (const tag of ['invoices', 'pumps', 'pumps # again']) {
      const content = own(tag.replace(' # again', '')) + (tag.includes('#') ? '# again\n' : '');
      const [documentId] = await addDocument(opened.database, files.store, {
        filename: 'a.yaml',
        fileType: 'yaml',
        content,
      });
      documents.push(documentId);
      await drain();
    }
    const features = await Promise.all(documents.map(featuresOf));
    expect(features.map((all) => all.map(({ name, status }: any) => [name, status]))).toEqual([
      [['Invoices', 'CANDIDATE']],
      [['Pumps', 'CANDIDATE']],
      [['Pumps', 'CANDIDATE']],
    ]);
    expect(new Set(features.flat().map(({ id }) => id)).size).toBe(3);
  });

  test('with what is said already adds links, and no confidence', async () => {
    await add('api.yaml', 'yaml', api(''));
    await drain();
    const [documentId] = await add('api.yaml', 'yaml', `${api('')}# again\n`);
    await drain();
    const history = named(await featuresOf(documentId), 'History');
    expect(history.evidence.edges).toHaveLength(6);
    expect(history.changes.nodes.map(({ action }: any) => action)).toEqual(['CREATED']);
    expect(history.status).toBe('CANDIDATE');
  });

  test('of another repository does not touch it', async () => {
    await add('jira.csv', 'csv', jira);
    await drain();
    const [documentId] = await add('api.yaml', 'yaml', api(' elsewhere'), { repository: 'other/product' });
    await drain();
    const history = named(await featuresOf(documentId), 'History');
    expect(history.evidence.edges.map(({ node }: any) => node.type).sort()).toEqual([
      'ENDPOINT',
      'ENDPOINT',
      'PAYLOAD',
    ]);
  });

  test('leaves a reviewer’s decisions: the confirmed keep what was said of them, the rejected stay, the merged stand for their target', async () => {
    await add('api-1.yaml', 'yaml', api(' (1)'));
    await drain();
    const [row] = await opened.database.query<{ id: string }>(
      `select id from evidence.features where inference_key = $1`,
      [`${repository} | api history`],
    );
    const featureId = `Feature:${row?.id ?? ''}`;
    const state = async (): Promise<any> =>
      (
        await subgraph.ask(
          `{ feature(id: "${featureId}") { name status confidenceScore reviewedBy reasoning evidence { totalCount } } }`,
        )
      ).data.feature;

    await subgraph.mutate('featureConfirm', { featureId });
    await subgraph.mutate('featureUpdate', { featureId, name: 'What was given' });
    const confirmed = await state();
    await add('api-2.yaml', 'yaml', api(' (2)'));
    await drain();
    expect(await state()).toEqual({
      ...confirmed,
      evidence: { totalCount: Number(confirmed.evidence.totalCount) + 3 },
    });

    await subgraph.mutate('featureReject', { featureId });
    const rejected = await state();
    await add('api-3.yaml', 'yaml', api(' (3)'));
    await drain();
    expect(await state()).toEqual(rejected);
    const again = await opened.database.query(`select from evidence.features where inference_key = $1`, [
      `${repository} | api history`,
    ]);
    expect(again).toHaveLength(1);

    const { feature: target } = await subgraph.mutate('featureCreate', { name: 'Deliveries' }, 'feature { id }');
    await subgraph.mutate('featureConfirm', { featureId });
    await subgraph.mutate('featureMerge', { featureId: target.id, sourceFeatureIds: [featureId] });
    const before = (await subgraph.ask(`{ feature(id: "${target.id as string}") { evidence { totalCount } } }`)).data
      .feature.evidence.totalCount;
    await add('api-4.yaml', 'yaml', api(' (4)'));
    await drain();
    const after = (await subgraph.ask(`{ feature(id: "${target.id as string}") { evidence { totalCount } } }`)).data
      .feature.evidence.totalCount;
    expect(after).toBe(Number(before) + 3);
  });
});
