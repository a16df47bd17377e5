import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { callers, openAccount, TestSubgraph, type Caller } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  await openAccount(subgraph, callers.alice, 10_000);
  await openAccount(subgraph, callers.bob, 100);
});

afterAll(() => opened.close());

interface Claim {
  readonly scanJobId: string;
  readonly leaseToken: string;
  readonly expectedVersion: number;
}

async function requestScan(caller: Caller = 'alice'): Promise<string> {
  const { scanJob } = await subgraph.mutate(caller, 'scanRequest', { url: 'https://shop.example/' }, 'scanJob { id }');
  return scanJob.id;
}

/** Claims everything that waits, and answers the claim of `scanJobId`. */
async function claim(scanJobId: string, stage = 'FETCHING', worker: Caller = 'worker'): Promise<Claim> {
  const { claims } = await subgraph.mutate(
    worker,
    'scanJobsClaim',
    { stage, limit: 100 },
    'claims { leaseToken version scanJob { id } }',
  );
  const found = claims.find((item: any) => item.scanJob.id === scanJobId);
  return { scanJobId, leaseToken: found.leaseToken, expectedVersion: found.version };
}

async function analysing(): Promise<Claim> {
  const claimed = await claim(await requestScan());
  const { scanJob } = await subgraph.mutate('worker', 'scanJobAnalyze', { ...claimed }, 'scanJob { version }');
  return { ...claimed, expectedVersion: scanJob.version };
}

async function jobOf(id: string): Promise<any> {
  const { data } = await subgraph.ask(
    'admin',
    'query ($id: ID!) { scanJob(id: $id) { state version failureReason refundedAt creditTransactions { nodes { type } } } }',
    { id },
  );
  return data.scanJob;
}

async function balanceOf(caller: Caller): Promise<number> {
  const { data } = await subgraph.ask(caller, '{ myAccount { wallet { creditBalance } } }');
  return data.myAccount.wallet.creditBalance;
}

const overdue = (id: string): Promise<unknown> =>
  opened.database.query(`update scanning.scan_jobs set deadline_at = now() - interval '1 second' where id = $1::uuid`, [
    id.slice('ScanJob:'.length),
  ]);
const result = { riskScore: 5, contentHash: 'b'.repeat(64), modelUsed: 'model@1' };
const codesOf = (payload: any): string[] => payload.userErrors.map((error: any) => error.code);

describe('a request', () => {
  test('with one key a hundred times at once makes one job and one debit, and every caller gets that job', async () => {
    const before = await balanceOf('alice');
    const input = { url: 'https://shop.example/once', clientKey: 'once' };
    const payloads = await Promise.all(
      Array.from({ length: 100 }, () => subgraph.mutate('alice', 'scanRequest', input, 'scanJob { id }')),
    );
    expect(payloads.flatMap(codesOf)).toEqual([]);
    expect(new Set(payloads.map((payload) => payload.scanJob.id)).size).toBe(1);
    expect(await balanceOf('alice')).toBe(before - 1);
  });

  test('with a known key and another URL is refused', async () => {
    await subgraph.mutate('alice', 'scanRequest', { url: 'https://shop.example/1', clientKey: 'two' });
    const payload = await subgraph.mutate(
      'alice',
      'scanRequest',
      { url: 'https://shop.example/2', clientKey: 'two' },
      'scanJob { id }',
    );
    expect(payload).toMatchObject({
      scanJob: null,
      userErrors: [{ code: 'IDEMPOTENCY_MISMATCH', field: ['clientKey'] }],
    });
  });

  test('with a key whose first answer is no longer kept still gets its job, and another URL is still refused', async () => {
    const request = (path: string): Promise<any> =>
      subgraph.mutate(
        'alice',
        'scanRequest',
        { url: `https://shop.example/${path}`, clientKey: 'old' },
        'scanJob { id } wallet { id }',
      );
    const first = await request('a');
    await opened.database.query(`delete from platform.idempotency_keys where client_key = 'old'`);
    const before = await balanceOf('alice');
    expect(codesOf(await request('b'))).toEqual(['IDEMPOTENCY_MISMATCH']);
    expect(await request('a')).toEqual(first);
    expect(await balanceOf('alice')).toBe(before);
  });

  test('with a key of another account is a request of its own', async () => {
    const input = { url: 'https://shop.example/', clientKey: 'shared' };
    const [first, second] = await Promise.all(
      (['alice', 'bob'] as const).map((caller) => subgraph.mutate(caller, 'scanRequest', input, 'scanJob { id }')),
    );
    expect(first.scanJob.id).not.toBe(second.scanJob.id);
  });

  test('that the wallet can not pay for leaves nothing behind', async () => {
    const poor = Identity.of({ subject: `user_${randomUUID()}`, scopes: ['scanning:write'] });
    await openAccount(subgraph, poor, 1);
    const requests = await Promise.all(
      Array.from({ length: 8 }, () =>
        subgraph.mutate(poor, 'scanRequest', { url: 'https://shop.example/' }, 'scanJob { id }'),
      ),
    );
    expect(requests.filter((payload) => payload.scanJob !== null)).toHaveLength(1);
    expect(requests.flatMap(codesOf)).toEqual(Array.from({ length: 7 }, () => 'INSUFFICIENT_CREDIT'));
    const { data } = await subgraph.ask(poor, '{ myAccount { wallet { creditBalance } scanJobs { totalCount } } }');
    expect(data.myAccount).toEqual({ wallet: { creditBalance: 0 }, scanJobs: { totalCount: 1 } });
  });

  test('of a caller without account says what to do', async () => {
    const stranger = Identity.of({ subject: 'user_stranger', scopes: ['scanning:write'] });
    const payload = await subgraph.mutate(stranger, 'scanRequest', { url: 'https://shop.example/' });
    expect(payload.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('beyond the rate of its account is refused, whoever else requests, and a repeated key is not', async () => {
    const limited = new TestSubgraph(opened.database, { settings: { requestsPerMinute: 5 } });
    const busy = Identity.of({ subject: `user_${randomUUID()}`, scopes: ['scanning:write'] });
    const quiet = Identity.of({ subject: `user_${randomUUID()}`, scopes: ['scanning:write'] });
    await openAccount(limited, busy, 100);
    await openAccount(limited, quiet, 100);
    const request = (caller: Identity, clientKey: string): Promise<any> =>
      limited.mutate(caller, 'scanRequest', { url: 'https://shop.example/', clientKey }, 'scanJob { id }');
    const payloads = await Promise.all(Array.from({ length: 12 }, (_, index) => request(busy, `k${index}`)));
    const accepted = payloads.findIndex((payload) => payload.scanJob !== null);
    expect(payloads.filter((payload) => payload.scanJob !== null)).toHaveLength(5);
    expect(payloads.flatMap(codesOf)).toEqual(Array.from({ length: 7 }, () => 'RATE_LIMITED'));
    expect(codesOf(await request(quiet, 'k'))).toEqual([]);
    expect((await request(busy, `k${accepted}`)).scanJob).toEqual(payloads[accepted].scanJob);
  });

  test('of a free scan needs no credit and moves none', async () => {
    const free = new TestSubgraph(opened.database, { settings: { price: 0 } });
    const guest = Identity.of({ subject: `user_${randomUUID()}`, scopes: ['scanning:write'] });
    await openAccount(free, guest, 0);
    const { scanJob } = await free.mutate(
      guest,
      'scanRequest',
      { url: 'https://shop.example/' },
      'scanJob { id price }',
    );
    expect(scanJob.price).toBe(0);
    await overdue(scanJob.id);
    await free.mutate('admin', 'scanJobsTimeOut', {});
    expect(await jobOf(scanJob.id)).toMatchObject({
      state: 'TIMED_OUT',
      refundedAt: null,
      creditTransactions: { nodes: [] },
    });
  });
});

describe('a change of state', () => {
  test('of two with the same version one wins, and the other gets the current version', async () => {
    const claimed = await analysing();
    const payloads = await Promise.all([
      subgraph.mutate('worker', 'scanJobComplete', { ...claimed, ...result }, 'scanJob { state version }'),
      subgraph.mutate('worker', 'scanJobFail', { ...claimed, reason: 'gave up' }, 'scanJob { state version }'),
    ]);
    const winner = payloads.find((payload) => payload.userErrors.length === 0);
    const loser = payloads.find((payload) => payload.userErrors.length > 0);
    const version = claimed.expectedVersion + 1;
    expect(winner.scanJob.version).toBe(version);
    expect(loser.userErrors).toEqual([
      {
        code: 'CONFLICT',
        field: ['expectedVersion'],
        message: expect.stringContaining(`the current version is ${version}`),
      },
    ]);
    expect(loser.scanJob).toEqual(winner.scanJob);
  });

  test('against the table is refused, and says what would be legal', async () => {
    const claimed = await claim(await requestScan());
    const payload = await subgraph.mutate('worker', 'scanJobComplete', { ...claimed, ...result });
    expect(payload.userErrors).toEqual([
      { code: 'INVALID_TRANSITION', field: null, message: expect.stringContaining('ANALYZING, FAILED, TIMED_OUT') },
    ]);
  });

  test.each(['scanJobAnalyze', 'scanJobFail', 'scanAccessRecord', 'scanJobHeartbeat'])(
    '%s with a lease that is over, or that another has, is refused',
    async (mutation) => {
      const claimed = await claim(await requestScan());
      const { expectedVersion, ...lease } = claimed;
      const extra = {
        scanJobFail: { expectedVersion, reason: 'x' },
        scanJobAnalyze: { expectedVersion },
        scanAccessRecord: { urlAccessed: 'https://shop.example/' },
      };
      const input = { ...lease, ...(extra as Record<string, object>)[mutation] };
      expect(codesOf(await subgraph.mutate('worker', mutation, { ...input, leaseToken: randomUUID() }))).toEqual([
        'LEASE_EXPIRED',
      ]);
      await opened.database.query(
        `update scanning.scan_jobs set lease_expires_at = now() - interval '1 second' where lease_token is not null`,
      );
      expect(codesOf(await subgraph.mutate('worker', mutation, input))).toEqual(['LEASE_EXPIRED']);
    },
  );

  test('a heartbeat lengthens a lease, and changes no version', async () => {
    const { expectedVersion, ...claimed } = await claim(await requestScan());
    const { scanJob, leaseExpiresAt } = await subgraph.mutate(
      'worker',
      'scanJobHeartbeat',
      { ...claimed, leaseSeconds: 3_600 },
      'leaseExpiresAt scanJob { version leaseExpiresAt }',
    );
    expect(scanJob).toEqual({ version: expectedVersion, leaseExpiresAt });
    expect(Date.parse(leaseExpiresAt) - Date.now()).toBeGreaterThan(3_000_000);
  });

  test('a failure refunds the price once, however often it is reported', async () => {
    const claimed = await claim(await requestScan());
    const before = await balanceOf('alice');
    const payloads = await Promise.all(
      Array.from({ length: 6 }, () => subgraph.mutate('worker', 'scanJobFail', { ...claimed, reason: 'gave up' })),
    );
    expect(payloads.flatMap(codesOf)).toEqual(Array.from({ length: 5 }, () => 'CONFLICT'));
    expect(await balanceOf('alice')).toBe(before + 1);
    expect(await jobOf(claimed.scanJobId)).toMatchObject({
      state: 'FAILED',
      failureReason: 'gave up',
      creditTransactions: { nodes: [{ type: 'DEBIT' }, { type: 'REFUND' }] },
    });
  });

  test.each(['QUEUED', 'FETCHING', 'ANALYZING'])(
    'a job that is %s at its deadline times out and is refunded once',
    async (state) => {
      const id = state === 'ANALYZING' ? (await analysing()).scanJobId : await requestScan();
      if (state === 'FETCHING') await claim(id);
      const before = await balanceOf('alice');
      await overdue(id);
      const sweeps = await Promise.all(
        [1, 2, 3].map(() => subgraph.mutate('worker', 'scanJobsTimeOut', {}, 'timedOutCount')),
      );
      expect(sweeps.map(({ timedOutCount }: { timedOutCount: number }) => timedOutCount).sort()).toEqual([0, 0, 1]);
      expect(await jobOf(id)).toMatchObject({
        state: 'TIMED_OUT',
        creditTransactions: { nodes: [{ type: 'DEBIT' }, { type: 'REFUND' }] },
      });
      expect(await balanceOf('alice')).toBe(before + 1);
    },
  );

  test('a finished job does not time out', async () => {
    const claimed = await analysing();
    await subgraph.mutate('worker', 'scanJobComplete', { ...claimed, ...result });
    await overdue(claimed.scanJobId);
    await subgraph.mutate('admin', 'scanJobsTimeOut', {});
    expect(await jobOf(claimed.scanJobId)).toMatchObject({ state: 'COMPLETED', refundedAt: null });
  });

  test('an overdue job is not claimed', async () => {
    const id = await requestScan();
    await overdue(id);
    const { claims } = await subgraph.mutate(
      'worker',
      'scanJobsClaim',
      { stage: 'FETCHING', limit: 100 },
      'claims { scanJob { id } }',
    );
    expect(claims.map((item: any) => item.scanJob.id)).not.toContain(id);
  });

  test('many claims at once share the waiting jobs out, each to one worker', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => requestScan()));
    const payloads = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        subgraph.mutate(
          index % 2 === 0 ? 'worker' : 'otherWorker',
          'scanJobsClaim',
          { stage: 'FETCHING', limit: 3 },
          'claims { scanJob { id } }',
        ),
      ),
    );
    const taken = payloads.flatMap((payload) => payload.claims.map((item: any) => item.scanJob.id));
    expect(new Set(taken).size).toBe(taken.length);
    expect(ids.filter((id) => !taken.includes(id))).toEqual([]);
  });
});

describe('what is handed in', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a score above 100', { riskScore: 101 }, 'riskScore'],
    ['a hash in upper case', { contentHash: 'B'.repeat(64) }, 'contentHash'],
    ['a hash of another length', { contentHash: 'b'.repeat(63) }, 'contentHash'],
    ['a status that is none', { httpStatus: 42 }, 'httpStatus'],
    ['a content type that is none', { contentType: 'text' }, 'contentType'],
    ['no model', { modelUsed: ' ' }, 'modelUsed'],
    ['markup in the reasoning', { reasoning: 'it says <form action="x">' }, 'reasoning'],
    ['markup among the indicators', { indicators: ['<script>'] }, 'indicators'],
    ['a body in the metadata', { analysisMetadata: { details: { body: 'text of the page' } } }, 'analysisMetadata'],
    [
      'a screenshot in the metadata',
      { analysisMetadata: { preview: 'data:image/png;base64,AAAA' } },
      'analysisMetadata',
    ],
    ['a page in a list in the metadata', { analysisMetadata: { a: [['<html><body>']] } }, 'analysisMetadata'],
    ['metadata without end', { analysisMetadata: { a: 'x'.repeat(10_001) } }, 'analysisMetadata'],
    ['too many indicators', { indicators: Array.from({ length: 101 }, () => 'x') }, 'indicators'],
  ])('%s is refused, and the job stays as it is', async (_what, fault, field) => {
    const claimed = await analysing();
    const payload = await subgraph.mutate('worker', 'scanJobComplete', { ...claimed, ...result, ...fault });
    expect(payload.userErrors).toMatchObject([{ code: 'VALIDATION', field: [field] }]);
    expect(await jobOf(claimed.scanJobId)).toMatchObject({ state: 'ANALYZING', version: claimed.expectedVersion });
  });

  test('headers that carry secrets are dropped from results and access logs', async () => {
    const claimed = await analysing();
    const httpHeaders = {
      'Set-Cookie': 'a=b',
      Authorization: 'Bearer x',
      'X-Access-Token': 't',
      'X-Api-Key': 'k',
      Server: 'nginx',
    };
    const { expectedVersion: _, ...lease } = claimed;
    const access = { ...lease, urlAccessed: 'https://shop.example/', httpHeaders };
    const { scanAuditLog } = await subgraph.mutate(
      'worker',
      'scanAccessRecord',
      access,
      'scanAuditLog { httpHeaders }',
    );
    expect(scanAuditLog.httpHeaders).toEqual({ server: 'nginx' });
    const { scanJob } = await subgraph.mutate(
      'worker',
      'scanJobComplete',
      { ...claimed, ...result, httpHeaders },
      'scanJob { scanResult { httpHeaders } }',
    );
    expect(scanJob.scanResult.httpHeaders).toEqual({ server: 'nginx' });
  });

  test.each(['http://10.0.0.1/', 'http://user@shop.example/', 'file:///etc/passwd'])(
    'a reported redirect to %s is refused',
    async (urlAccessed) => {
      const { expectedVersion: _, ...lease } = await claim(await requestScan());
      const payload = await subgraph.mutate(
        'worker',
        'scanAccessRecord',
        { ...lease, urlAccessed },
        'scanAuditLog { id }',
      );
      expect(payload).toMatchObject({
        scanAuditLog: null,
        userErrors: [{ code: 'VALIDATION', field: ['urlAccessed'] }],
      });
    },
  );
});
