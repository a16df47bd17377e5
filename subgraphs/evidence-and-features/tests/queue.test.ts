import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { untilFollowing } from '../../../tests/testkit/feed.js';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { backOffSeconds } from '../domain/job-states.js';
import { claim, expireLeases, register, type HeldJob } from './queue-fixture.js';
import { TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
const dimensions = 3_072;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
});
afterAll(() => opened.close());
afterEach(() => opened.database.script('delete from evidence.documents'));

const vector = (at = 0): number[] => Array.from({ length: dimensions }, (_, index) => (index === at ? 1 : 0));

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

describe('a job', () => {
  test('is claimed by one worker at a time, and its document is being processed', async () => {
    const documentId = await register(subgraph);
    const [mine, others] = await Promise.all([claim(subgraph), claim(subgraph, {}, 'otherWorker')]);
    expect(mine.length + others.length).toBe(1);
    expect(await documentOf(documentId)).toMatchObject({
      status: 'PROCESSING',
      processingJobs: { nodes: [{ status: 'PROCESSING', worker: mine.length === 1 ? 'worker-1' : 'worker-2' }] },
    });
  });

  test('is claimed by what it is and what it is about', async () => {
    await register(subgraph);
    await register(subgraph, { fileType: 'IMAGE', filename: 'a.png' });
    expect(await claim(subgraph, { handler: 'BUILT_IN' })).toEqual([]);
    expect(await claim(subgraph, { jobTypes: ['EMBED', 'INFER'] })).toEqual([]);
    expect(await claim(subgraph, { fileTypes: ['CSV'] })).toEqual([]);
    expect(await claim(subgraph, { fileTypes: ['IMAGE'] })).toHaveLength(1);
    expect(await claim(subgraph, { fileTypes: ['IMAGE', 'PDF'] })).toHaveLength(1);
  });

  test('completed with evidence queues the next step, and the whole document is done after the third', async () => {
    const { documentId, processingJobId, leaseToken } = await held();
    const evidence = [
      { type: 'UI_ELEMENT', content: 'A button says Sign in', rawData: { label: 'Sign in' }, embedding: vector(1) },
      { type: 'FLOW', content: 'Sign in leads to the list' },
      { type: 'FLOW', content: 'Sign in leads to the list' },
    ];
    const extracted = await subgraph.mutate(
      'processingJobComplete',
      { processingJobId, leaseToken, evidence },
      'addedEvidenceCount processingJob { status } nextProcessingJob { jobType status }',
      'worker',
    );
    expect(extracted).toEqual({
      addedEvidenceCount: 2,
      processingJob: { status: 'COMPLETED' },
      nextProcessingJob: { jobType: 'EMBED', status: 'PENDING' },
      userErrors: [],
    });
    const [embed] = await claim(subgraph, { handler: 'BUILT_IN' });
    const found = (await documentOf(documentId)).evidence.nodes;
    expect(found).toMatchObject([
      { type: 'UI_ELEMENT', hasEmbedding: true },
      { type: 'FLOW', hasEmbedding: false },
    ]);
    const embeddings = [{ evidenceId: found[1].id, embedding: vector(2) }];
    await subgraph.mutate('processingJobComplete', { ...embed, embeddings }, '', 'worker');
    const [infer] = await claim(subgraph, { handler: 'BUILT_IN' });
    const last = await subgraph.mutate('processingJobComplete', { ...infer }, 'nextProcessingJob { id }', 'worker');
    expect(last).toEqual({ nextProcessingJob: null, userErrors: [] });
    expect(await documentOf(documentId)).toMatchObject({
      status: 'COMPLETED',
      processedAt: expect.any(String),
      processingJobs: { nodes: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }, { status: 'COMPLETED' }] },
    });
  });

  test('that is completed twice is refused the second time, and nothing is doubled', async () => {
    const { documentId, processingJobId, leaseToken } = await held();
    const completion = { processingJobId, leaseToken, evidence: [{ type: 'FLOW', content: 'A flow' }] };
    await subgraph.mutate('processingJobComplete', completion, '', 'worker');
    expect(codesOf(await subgraph.mutate('processingJobComplete', completion, '', 'worker'))).toEqual([
      'INVALID_TRANSITION',
    ]);
    const { evidence, processingJobs } = await documentOf(documentId);
    expect([evidence.totalCount, processingJobs.nodes.length]).toEqual([1, 2]);
  });

  test('whose lease has run out can neither be completed, failed nor kept alive with it; its next worker can', async () => {
    const { documentId, ...stale } = await held();
    await expireLeases(opened.database);
    const reports: [string, Record<string, unknown>][] = [
      ['processingJobComplete', { evidence: [{ type: 'FLOW', content: 'A flow' }] }],
      ['processingJobFail', { reason: 'no' }],
      ['processingJobHeartbeat', {}],
      ['processingJobEmbeddingsStore', { embeddings: [] }],
    ];
    const all = async (lease: HeldJob): Promise<string[][]> =>
      Promise.all(
        reports.map(async ([field, input]) =>
          codesOf(await subgraph.mutate(field, { ...lease, ...input }, '', 'worker')),
        ),
      );
    expect(await all(stale)).toEqual(reports.map(() => ['LEASE_EXPIRED']));
    const [taken] = await claim(subgraph, {}, 'otherWorker');
    expect(taken?.processingJobId).toBe(stale.processingJobId);
    expect(taken?.leaseToken).not.toBe(stale.leaseToken);
    expect(await all(stale)).toEqual(reports.map(() => ['LEASE_EXPIRED']));
    expect((await documentOf(documentId)).evidence.totalCount).toBe(0);
    expect((await subgraph.mutate('processingJobComplete', { ...taken }, '', 'otherWorker')).userErrors).toEqual([]);
  });

  test('is kept by its heartbeats', async () => {
    const { processingJobId, leaseToken } = await held();
    const before = await opened.database.query<{ at: string }>(
      'select lease_expires_at as at from evidence.processing_jobs',
    );
    const { leaseExpiresAt } = await subgraph.mutate(
      'processingJobHeartbeat',
      { processingJobId, leaseToken, leaseSeconds: 600 },
      'leaseExpiresAt',
      'worker',
    );
    expect(leaseExpiresAt > (before[0]?.at ?? '')).toBe(true);
  });

  test('that fails waits ever longer, and fails for good with its document when its retries are used up', async () => {
    const { documentId, ...first } = await held({ maxRetries: 2 });
    let lease: HeldJob | undefined = first;
    const waits: number[] = [];
    for (let tries = 0; lease !== undefined; tries += 1) {
      await subgraph.mutate('processingJobFail', { ...lease, reason: `the scanner is off (${tries})` }, '', 'worker');
      const [row] = await opened.database.query<{ seconds: number }>(
        `select extract(epoch from next_attempt_at - now())::float8 as seconds from evidence.processing_jobs where status = 'pending'`,
      );
      if (row !== undefined) waits.push(row.seconds);
      expect(await claim(subgraph)).toEqual([]);
      await opened.database.query(`update evidence.processing_jobs set next_attempt_at = now()`);
      [lease] = await claim(subgraph);
    }
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeGreaterThan(2);
    expect(waits[0]).toBeLessThanOrEqual(5);
    expect(waits[1]).toBeGreaterThan(14);
    expect(waits[1]).toBeLessThanOrEqual(30);
    expect(await documentOf(documentId)).toMatchObject({
      status: 'FAILED',
      errorMessage: 'the scanner is off (2)',
      processingJobs: { nodes: [{ status: 'FAILED', retryCount: 2, errorMessage: 'the scanner is off (2)' }] },
    });
  });

  test('that can not succeed fails at once; one whose provider asks for time waits for as long', async () => {
    const doomed = await held();
    const fail = (lease: HeldJob, input: Record<string, unknown>): Promise<any> => {
      const { processingJobId, leaseToken } = lease;
      return subgraph.mutate(
        'processingJobFail',
        { processingJobId, leaseToken, reason: 'no', ...input },
        'processingJob { status nextAttemptAt }',
        'worker',
      );
    };
    expect((await fail(doomed, { isPermanent: true })).processingJob.status).toBe('FAILED');
    const delayed = await fail(await held(), { retryAfterSeconds: 900 });
    expect(Date.parse(delayed.processingJob.nextAttemptAt)).toBeGreaterThan(Date.now() + 890_000);
  });

  test('whose worker is lost again and again fails for good: a document that kills its workers does not live for ever', async () => {
    const documentId = await register(subgraph, { maxRetries: 1 });
    for (const expected of [1, 1, 0]) {
      expect(await claim(subgraph)).toHaveLength(expected);
      await expireLeases(opened.database);
    }
    expect(await documentOf(documentId)).toMatchObject({
      status: 'FAILED',
      errorMessage: expect.stringContaining('lease ran out'),
      processingJobs: { nodes: [{ status: 'FAILED', retryCount: 1, leaseExpiresAt: null }] },
    });
  });

  test('that has failed is put back by hand, alone or with all the others', async () => {
    const jobs = [await held(), await held(), await held()];
    for (const { processingJobId, leaseToken } of jobs) {
      await subgraph.mutate(
        'processingJobFail',
        { processingJobId, leaseToken, reason: 'no', isPermanent: true },
        '',
        'worker',
      );
    }
    const [first, second, third] = jobs.map(({ processingJobId }) => processingJobId);
    const retry = (input: Record<string, unknown>): Promise<any> =>
      subgraph.mutate('processingJobsRetry', input, 'requeuedCount', 'writer');
    expect(await retry({ processingJobIds: [first] })).toEqual({ requeuedCount: 1, userErrors: [] });
    expect(await retry({ processingJobIds: [second, first, third] })).toMatchObject({
      requeuedCount: 0,
      userErrors: [{ code: 'INVALID_TRANSITION', field: ['processingJobIds', '1'] }],
    });
    expect(await retry({})).toEqual({ requeuedCount: 2, userErrors: [] });
    expect(await retry({})).toEqual({ requeuedCount: 0, userErrors: [] });
    expect(await claim(subgraph)).toHaveLength(3);
    expect(await documentOf(jobs[0]?.documentId ?? '')).toMatchObject({ status: 'PROCESSING', errorMessage: null });
    expect(codesOf(await retry({ processingJobIds: [] }))).toEqual(['VALIDATION']);
    expect(codesOf(await retry({ limit: 0 }))).toEqual(['VALIDATION']);
  });
});

describe('what a worker sends', () => {
  const complete = (lease: HeldJob, input: Record<string, unknown>): Promise<any> =>
    subgraph.mutate(
      'processingJobComplete',
      { processingJobId: lease.processingJobId, leaseToken: lease.leaseToken, ...input },
      '',
      'worker',
    );
  const codesOfFault = async (sent: Promise<unknown>): Promise<unknown> =>
    sent.then(
      () => 'no error',
      (error: unknown) => (error as { codes: unknown }).codes,
    );

  test('is refused with vectors of another length, without direction, or of numbers that are none', async () => {
    const { documentId, ...lease } = await held();
    const fact = { type: 'FLOW', content: 'A flow' };
    for (const embedding of [[1, 2, 3], vector(dimensions), [Number.MAX_VALUE, ...Array(dimensions - 2).fill(0)]]) {
      expect(await codesOfFault(complete(lease, { evidence: [{ ...fact, embedding }] }))).toEqual(['BAD_USER_INPUT']);
    }
    // GraphQL's own Float takes neither NaN nor Infinity.
    await expect(complete(lease, { evidence: [{ ...fact, embedding: [Number.NaN] }] })).rejects.toThrow(
      /Float cannot represent/,
    );
    expect((await documentOf(documentId)).evidence.totalCount).toBe(0);
  });

  test.each([
    ['content', { content: '' }],
    ['content', { content: 'x'.repeat(20_001) }],
    ['content', { content: 'a\u0000' }],
    ['rawData', { rawData: { text: 'a\u0000' } }],
    ['rawData', { rawData: { text: 'x'.repeat(100_001) } }],
  ])('is refused with a bad %s, at its place, and nothing of it is stored', async (field, bad) => {
    const { documentId, ...lease } = await held();
    const evidence = [
      { type: 'FLOW', content: 'good' },
      { type: 'FLOW', content: 'A flow', ...bad },
    ];
    expect((await complete(lease, { evidence })).userErrors).toMatchObject([
      { code: 'VALIDATION', field: ['evidence', '1', field] },
    ]);
    expect((await documentOf(documentId)).evidence.totalCount).toBe(0);
  });

  test('belongs to the type of its job and to its document', async () => {
    const other = await held();
    await complete(other, { evidence: [{ type: 'FLOW', content: 'another document' }] });
    const [stranger] = (await documentOf(other.documentId)).evidence.nodes;
    const lease = await held();
    expect(codesOf(await complete(lease, { embeddings: [{ evidenceId: stranger.id, embedding: vector() }] }))).toEqual([
      'VALIDATION',
    ]);
    await complete(lease, { evidence: [{ type: 'FLOW', content: 'mine' }] });
    const jobs = await claim(subgraph, { handler: 'BUILT_IN' });
    const { nodes } = (await documentOf(lease.documentId)).processingJobs;
    const embed = jobs.find(({ processingJobId }) => processingJobId === nodes[1].id) as HeldJob;
    expect(codesOf(await complete(embed, { evidence: [{ type: 'FLOW', content: 'late' }] }))).toEqual(['VALIDATION']);
    expect(
      (await complete(embed, { embeddings: [{ evidenceId: stranger.id, embedding: vector() }] })).userErrors,
    ).toMatchObject([{ code: 'NOT_FOUND', field: ['embeddings', '0', 'evidenceId'] }]);
    expect((await complete(embed, {})).userErrors).toMatchObject([{ code: 'VALIDATION', field: ['embeddings'] }]);
  });
});

describe('the queue', () => {
  test('is told in figures by one statement', async () => {
    const failed = await held();
    await subgraph.mutate(
      'processingJobFail',
      { processingJobId: failed.processingJobId, leaseToken: failed.leaseToken, reason: 'no', isPermanent: true },
      '',
      'worker',
    );
    const done = await held();
    await subgraph.mutate(
      'processingJobComplete',
      { processingJobId: done.processingJobId, leaseToken: done.leaseToken },
      '',
      'worker',
    );
    await register(subgraph);
    await opened.database.query(
      `update evidence.processing_jobs set next_attempt_at = now() - interval '90 seconds' where job_type = 'extract' and status = 'pending'`,
    );
    const { data, statements } = await subgraph.ask(`{ processingQueue(windowSeconds: 600) {
      depth waiting delayed processing overdue failed oldestWaitingSeconds completedInWindow completedPerMinute failureRate
      byType { jobType depth waiting failed failureRate } } }`);
    expect(data.processingQueue).toEqual({
      depth: 2,
      waiting: 2,
      delayed: 0,
      processing: 0,
      overdue: 0,
      failed: 1,
      oldestWaitingSeconds: expect.any(Number),
      completedInWindow: 1,
      completedPerMinute: 0.1,
      failureRate: 0.5,
      byType: [
        { jobType: 'EXTRACT', depth: 1, waiting: 1, failed: 1, failureRate: 0.5 },
        { jobType: 'EMBED', depth: 1, waiting: 1, failed: 0, failureRate: null },
        { jobType: 'INFER', depth: 0, waiting: 0, failed: 0, failureRate: null },
      ],
    });
    expect(data.processingQueue.oldestWaitingSeconds).toBeGreaterThan(89);
    expect(statements).toEqual([expect.stringMatching(/^evidence.processingQueue:/)]);
  });

  test('is followed: every change of a document’s jobs arrives, in order, also those that were missed', async () => {
    const stop = new AbortController();
    const source = (more: string): string =>
      `subscription { processingJobChanged(${more}) { cursor action processingJob { jobType } } }`;
    const documentId = await register(subgraph);
    const live = await subgraph.client.follow('reader', source(`documentId: "${documentId}"`), stop.signal);
    const next = live.next();
    await untilFollowing(subgraph.client.database);
    await register(subgraph);
    const jobs = await claim(subgraph);
    const { nodes } = (await documentOf(documentId)).processingJobs;
    const mine = jobs.find(({ processingJobId }) => processingJobId === nodes[0].id);
    const seen: any = await next;
    await subgraph.mutate('processingJobComplete', { ...mine }, '', 'worker');
    const replayed = await subgraph.client.follow(
      'reader',
      source(`documentId: "${documentId}", after: "${seen.value.data.processingJobChanged.cursor as string}"`),
      stop.signal,
    );
    const actions: string[] = [];
    for await (const { data } of replayed) if (actions.push(data.processingJobChanged.action) === 2) break;
    stop.abort();
    expect([seen.value.data.processingJobChanged.action, ...actions]).toEqual([
      'processingJobClaimed',
      'processingJobCompleted',
      'processingJobQueued',
    ]);
  });

  test('back-off grows with each try, is spread by chance, and never undercuts what a provider asks for', () => {
    const at = (retryCount: number, chance = 0, atLeast = 0): number => backOffSeconds({ retryCount, chance, atLeast });
    expect([0, 1, 2, 3, 4, 9].map((retryCount) => at(retryCount))).toEqual([5, 30, 120, 600, 1_800, 1_800]);
    expect([at(1, 0.5), at(1, 1), at(1, 1, 60)]).toEqual([22.5, 15, 60]);
  });
});
