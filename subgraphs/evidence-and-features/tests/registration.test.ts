import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { claim, hashOf, register, type HeldJob } from './queue-fixture.js';
import { TestSubgraph, type Caller } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
});
afterAll(() => opened.close());
afterEach(() => opened.database.script('delete from evidence.documents'));

/** A document whose job the worker holds. */
async function held(input: Record<string, unknown> = {}): Promise<HeldJob & { documentId: string }> {
  const documentId = await register(subgraph, input);
  const [job] = await claim(subgraph);
  if (job === undefined) throw new Error('there was nothing to claim');
  return { ...job, documentId };
}

async function documentOf(documentId: string): Promise<any> {
  const { data } = await subgraph.ask(
    `{ document(id: "${documentId}") { status errorMessage processedAt
      evidence(first: 100) { totalCount nodes { id type content hasEmbedding ordinal } }
      processingJobs { nodes { id jobType status retryCount errorMessage worker leaseExpiresAt completedAt handler } } } }`,
  );
  return data.document;
}

const codesOf = (payload: any): string[] => payload.userErrors.map((error: any) => error.code);

describe('documentRegister', () => {
  const input = { filename: 'a.pdf', fileType: 'PDF', filePath: '/mnt/a.pdf', fileHash: hashOf('a'), sizeBytes: 4 };

  test('makes the document and its extraction, and the same content again answers both', async () => {
    const selection =
      'isDuplicate document { id status metadata } processingJob { id jobType status maxRetries handler }';
    const first = await subgraph.mutate('documentRegister', { ...input, maxRetries: 5 }, selection, 'writer');
    expect(first).toMatchObject({
      isDuplicate: false,
      document: { status: 'UPLOADED', metadata: { original_name: 'a.pdf', size_bytes: 4, uploader: 'will' } },
      processingJob: { jobType: 'EXTRACT', status: 'PENDING', maxRetries: 5, handler: 'OUTSIDE' },
      userErrors: [],
    });
    const again = await subgraph.mutate('documentRegister', { ...input, filename: 'b.pdf' }, selection, 'writer');
    expect(again).toEqual({ ...first, isDuplicate: true });
  });

  test('of the same content at once makes one document', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        subgraph.mutate(
          'documentRegister',
          { ...input, filename: `${n}.pdf` },
          'isDuplicate document { id }',
          'writer',
        ),
      ),
    );
    expect(new Set(made.map(({ document }) => document.id)).size).toBe(1);
    expect(made.filter(({ isDuplicate }) => !isDuplicate)).toHaveLength(1);
  });

  test('with a client key answers a retry as the first time, and refuses the key with another input', async () => {
    const keyed = { ...input, clientKey: randomUUID() };
    const first = await subgraph.mutate('documentRegister', keyed, 'isDuplicate document { id }', 'writer');
    expect(await subgraph.mutate('documentRegister', keyed, 'isDuplicate document { id }', 'writer')).toEqual(first);
    const other = await subgraph.mutate('documentRegister', { ...keyed, filename: 'x' }, '', 'writer');
    expect(codesOf(other)).toEqual(['IDEMPOTENCY_MISMATCH']);
  });

  test.each([
    ['filename', { filename: ' ' }],
    ['filename', { filename: 'a\u0000b' }],
    ['filePath', { filePath: 'x'.repeat(2_001) }],
    ['fileHash', { fileHash: 'ABC' }],
    ['sizeBytes', { sizeBytes: -1 }],
    ['sizeBytes', { sizeBytes: '9223372036854775807' }],
    ['repository', { repositoryId: 'Repository:none' }],
    ['metadata', { metadata: { text: 'x'.repeat(10_001) } }],
    ['maxRetries', { maxRetries: 21 }],
  ])('refuses a bad %s, and stores nothing', async (field, bad) => {
    const { userErrors } = await subgraph.mutate('documentRegister', { ...input, ...bad }, '', 'writer');
    expect(userErrors).toMatchObject([{ code: 'VALIDATION', field: [field] }]);
    expect(await opened.database.query('select from evidence.documents')).toEqual([]);
  });

  test('a path that climbs out of the store is opaque: the built-in worker is not to read it', async () => {
    for (const filePath of [
      'documents/../../secret.json',
      '/etc/passwd',
      'documents//x',
      'documents/./x',
      'documents',
    ]) {
      const changed = { ...input, fileType: 'JSON', filePath, fileHash: hashOf(filePath) };
      const { processingJob } = await subgraph.mutate(
        'documentRegister',
        changed,
        'processingJob { handler }',
        'writer',
      );
      expect(processingJob).toEqual({ handler: 'OUTSIDE' });
    }
  });
});

test('documentRemove takes the document with its jobs and its evidence', async () => {
  const { documentId, ...lease } = await held();
  await subgraph.mutate(
    'processingJobComplete',
    { ...lease, evidence: [{ type: 'FLOW', content: 'A flow' }] },
    '',
    'worker',
  );
  expect(await subgraph.mutate('documentRemove', { documentId }, 'documentId', 'writer')).toEqual({
    documentId,
    userErrors: [],
  });
  expect(await documentOf(documentId)).toBeNull();
  expect(
    await opened.database.query('select from evidence.processing_jobs union all select from evidence.evidence'),
  ).toEqual([]);
  expect(codesOf(await subgraph.mutate('documentRemove', { documentId }, '', 'writer'))).toEqual(['NOT_FOUND']);
});

describe('who may do what', () => {
  const job = { processingJobId: `ProcessingJob:${randomUUID()}`, leaseToken: randomUUID() };
  const mutations: [string, Caller, Record<string, unknown>][] = [
    ['documentRegister', 'writer', { filename: 'x', fileType: 'PDF', filePath: 'x', fileHash: 'x' }],
    ['documentRemove', 'writer', { documentId: `Document:${randomUUID()}` }],
    ['processingJobsRetry', 'writer', { limit: 0 }],
    ['processingJobsClaim', 'worker', { limit: 0 }],
    ['processingJobHeartbeat', 'worker', { ...job, leaseSeconds: 0 }],
    ['processingJobEmbeddingsStore', 'worker', { ...job, embeddings: [] }],
    ['processingJobComplete', 'worker', job],
    ['processingJobFail', 'worker', { ...job, reason: '' }],
  ];

  test.each(mutations)('%s is for a %s, and refused to everybody else', async (field, allowed, input) => {
    for (const caller of ['writer', 'worker', 'reviewer', 'reader', 'anonymous'] as const) {
      const outcome = await subgraph
        .mutate(field, input, '', caller)
        .then(codesOf, (error: unknown) => (error as { codes: string[] }).codes);
      const refused = caller === 'anonymous' ? ['UNAUTHENTICATED'] : ['FORBIDDEN'];
      if (caller === allowed) expect(outcome).toEqual([expect.stringMatching(/VALIDATION|NOT_FOUND/)]);
      else expect(outcome).toEqual(refused);
    }
  });

  test('the queue’s figures are for known callers, and their window is bounded', async () => {
    const ask = (window: number, caller: Caller): Promise<unknown> =>
      subgraph.ask(`{ processingQueue(windowSeconds: ${window}) { depth } }`, {}, caller).then(({ codes }) => codes);
    expect(await ask(3_600, 'anonymous')).toEqual(['UNAUTHENTICATED']);
    expect(await ask(3_600, 'reader')).toEqual([]);
    expect(await ask(59, 'reader')).toEqual(['BAD_USER_INPUT']);
  });
});
