import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { untilFollowing } from '../../../tests/testkit/feed.js';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { Identity } from '../../kernel/auth/index.js';
import { callers, openAccount, TestSubgraph, type Caller } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
/** Of Alice: the id of one row of each type. */
let ids: Record<string, string>;

const types = ['Account', 'Wallet', 'CreditTransaction', 'ScanJob', 'ScanResult', 'ScanAuditLog'] as const;
const one: Record<string, string> = {
  Account: 'account',
  Wallet: 'wallet',
  CreditTransaction: 'creditTransaction',
  ScanJob: 'scanJob',
  ScanResult: 'scanResult',
  ScanAuditLog: 'scanAuditLog',
};
const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename
  ... on Account { id } ... on Wallet { id } ... on CreditTransaction { id }
  ... on ScanJob { id } ... on ScanResult { id } ... on ScanAuditLog { id }
} }`;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  for (const caller of ['alice', 'bob'] as const) {
    await openAccount(subgraph, callers[caller], 50);
    for (let index = 0; index < 3; index += 1) await completeScan(caller);
  }
  for (const caller of ['alice', 'bob'] as const) {
    await subgraph.mutate(caller, 'scanRequest', { url: 'https://shop.example/waiting' });
  }
  const { data } = await subgraph.ask(
    'alice',
    `{ myAccount { id wallet { id creditTransactions { nodes { id } } }
       scanJobs(filter: { state: { eq: COMPLETED } }) { nodes { id scanResult { id } scanAuditLogs { nodes { id } } } } } }`,
  );
  const { id, wallet, scanJobs } = data.myAccount;
  const [job] = scanJobs.nodes;
  ids = {
    Account: id,
    Wallet: wallet.id,
    CreditTransaction: wallet.creditTransactions.nodes[0].id,
    ScanJob: job.id,
    ScanResult: job.scanResult.id,
    ScanAuditLog: job.scanAuditLogs.nodes[0].id,
  };
});

afterAll(() => opened.close());

async function completeScan(caller: Caller): Promise<void> {
  const { scanJob } = await subgraph.mutate(
    caller,
    'scanRequest',
    { url: `https://shop.example/${caller}` },
    'scanJob { id }',
  );
  const { claims } = await subgraph.mutate(
    'worker',
    'scanJobsClaim',
    { stage: 'FETCHING', limit: 1 },
    'claims { leaseToken version }',
  );
  const [{ leaseToken, version }] = claims;
  const lease = { scanJobId: scanJob.id, leaseToken };
  await subgraph.mutate('worker', 'scanAccessRecord', { ...lease, urlAccessed: `https://shop.example/${caller}` });
  await subgraph.mutate('worker', 'scanJobAnalyze', { ...lease, expectedVersion: version });
  const analysis = { riskScore: 40, contentHash: 'd'.repeat(64), modelUsed: 'model@1', categories: ['DECEPTIVE_LINK'] };
  const done = await subgraph.mutate('worker', 'scanJobComplete', {
    ...lease,
    expectedVersion: Number(version) + 1,
    ...analysis,
  });
  expect(done.userErrors).toEqual([]);
}

const find = (type: string) => `query ($id: ID!) { found: ${one[type] ?? ''}(id: $id) { id } }`;

describe.each(types)('%s of another account', (type) => {
  test.each<[Caller, boolean]>([
    ['alice', true],
    ['admin', true],
    ['bob', false],
    ['anonymous', false],
  ])('is found by %s: %s', async (caller, isVisible) => {
    const id = ids[type];
    const { data } = await subgraph.ask(caller, find(type), { id });
    expect(data.found).toEqual(isVisible ? { id } : null);
    const representations = [{ __typename: type, id }];
    const resolved = await subgraph.ask(caller, entities, { representations });
    expect(resolved.data._entities).toEqual(isVisible ? [{ __typename: type, id }] : [null]);
  });

  test('is in no connection of Query', async () => {
    const plural = `${one[type] ?? ''}s`;
    const source = `{ list: ${plural}(first: 100) { totalCount nodes { id } } }`;
    const [own, others, all, none] = await Promise.all(
      (['alice', 'bob', 'admin', 'anonymous'] as const).map(
        async (caller) => (await subgraph.ask(caller, source)).data.list,
      ),
    );
    const idsOf = (list: any): string[] => list.nodes.map((node: any) => node.id);
    expect(idsOf(own)).toContain(ids[type]);
    expect(idsOf(others)).not.toContain(ids[type]);
    expect(idsOf(own).filter((id) => idsOf(others).includes(id))).toEqual([]);
    expect(all.totalCount).toBe(Number(own.totalCount) + Number(others.totalCount));
    expect(none).toBeNull();
  });
});

describe('a worker', () => {
  const deep = `query ($id: ID!) { scanJob(id: $id) { id account { id wallet { id } } creditTransactions { totalCount } scanResult { id } scanAuditLogs { totalCount } } }`;

  test('reads the job that it claimed, its result and log, and nothing of the account behind it', async () => {
    const { data } = await subgraph.ask('worker', deep, { id: ids['ScanJob'] });
    expect(data.scanJob).toEqual({
      id: ids['ScanJob'],
      account: null,
      creditTransactions: { totalCount: 0 },
      scanResult: { id: ids['ScanResult'] },
      scanAuditLogs: { totalCount: 1 },
    });
  });

  test('does not read a job that another claimed', async () => {
    const { data } = await subgraph.ask('otherWorker', deep, { id: ids['ScanJob'] });
    expect(data.scanJob).toBeNull();
  });

  test('who has lost its scope does not read its former jobs', async () => {
    const former = Identity.of({ subject: 'worker-1', scopes: [] });
    expect((await subgraph.ask(former, deep, { id: ids['ScanJob'] })).data.scanJob).toBeNull();
  });
});

describe('usage', () => {
  const day = 86_400_000;
  const period = { from: new Date(Date.now() - day).toISOString(), to: new Date(Date.now() + day).toISOString() };
  const total = (days: any[]): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const { day: _, ...counts } of days)
      for (const [name, count] of Object.entries(counts as Record<string, number>))
        sums[name] = (sums[name] ?? 0) + count;
    return sums;
  };
  const fields = 'day scansRequested scansCompleted scansFailed creditsSpent creditsRefunded creditsGranted';
  const ofOne = {
    scansRequested: 4,
    scansCompleted: 3,
    scansFailed: 0,
    creditsSpent: 4,
    creditsRefunded: 0,
    creditsGranted: 50,
  };

  test('is one account’s for itself and everybody’s for an administrator, in one statement', async () => {
    const source = `query ($from: DateTime!, $to: DateTime!) { scanUsage(from: $from, to: $to) { ${fields} } }`;
    const own = await subgraph.ask('alice', source, period);
    expect(total(own.data.scanUsage)).toEqual(ofOne);
    expect(own.statements).toHaveLength(1);
    const all = await subgraph.ask('admin', source, period);
    expect(total(all.data.scanUsage)).toMatchObject({ scansRequested: 8, creditsGranted: 100 });
    expect((await subgraph.ask('anonymous', source, period)).codes).toEqual(['UNAUTHENTICATED']);
  });

  test('of many accounts is one statement', async () => {
    const source = `query ($from: DateTime!, $to: DateTime!) { accounts { nodes { id usage(from: $from, to: $to) { ${fields} } } } }`;
    const { data, statements } = await subgraph.ask('admin', source, period);
    expect(data.accounts.nodes.map((node: any) => total(node.usage))).toEqual([ofOne, ofOne]);
    expect(statements).toHaveLength(2);
  });

  test.each([
    ['2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ])('from %s to %s is refused', async (from, to) => {
    const { codes } = await subgraph.ask('alice', `{ scanUsage(from: "${from}", to: "${to}") { day } }`);
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });
});

test('every list field is one statement, however many parents it has', async () => {
  const source = `{ accounts { nodes {
    wallet { creditTransactions(first: 5) { totalCount nodes { id wallet { id } scanJob { id } } } }
    scanJobs(first: 5, orderBy: { field: CREATED_AT, direction: ASC }) { totalCount nodes {
      account { id } scanResult { riskScore } scanAuditLogs(first: 2) { nodes { scanJob { id } } } creditTransactions { nodes { amount } }
    } }
  } } }`;
  const { data, errors, statements } = await subgraph.ask('admin', source);
  expect(errors).toEqual([]);
  expect(data.accounts.nodes).toHaveLength(2);
  // accounts; wallet, scanJobs; creditTransactions, account, scanResult, scanAuditLogs, creditTransactions; and the ones back up.
  expect(statements.length).toBeLessThanOrEqual(11);
});

describe('lists', () => {
  test.each<[string, string, number]>([
    ['scanJobs', '{ state: { in: [QUEUED] } }', 1],
    ['scanJobs', '{ url: { contains: "ALICE" } }', 3],
    ['scanJobs', '{ or: [{ state: { eq: QUEUED } }, { completedAt: { isNull: false } }] }', 4],
    ['scanJobs', '{ refundedAt: { isNull: false } }', 0],
    ['creditTransactions', '{ type: { eq: GRANT }, amount: { gte: 50 } }', 1],
    ['creditTransactions', '{ type: { neq: GRANT } }', 4],
    ['scanResults', '{ hasCategory: "DECEPTIVE_LINK", riskScore: { gt: 39 } }', 3],
    ['scanResults', '{ not: { hasCategory: "DECEPTIVE_LINK" } }', 0],
    ['scanAuditLogs', '{ urlAccessed: { startsWith: "https://shop" } }', 3],
    ['wallets', '{ creditBalance: { eq: 46 } }', 1],
    ['accounts', '{ clerkUserId: { eq: "user_bob" } }', 0],
  ])('%s filtered by %s has %i', async (list, filter, count) => {
    const { data, errors } = await subgraph.ask('alice', `{ list: ${list}(filter: ${filter}) { totalCount } }`);
    expect(errors).toEqual([]);
    expect(data.list.totalCount).toBe(count);
  });

  test('in pages, both ways, are the whole list in order', async () => {
    const source = (args: string): string =>
      `{ creditTransactions(${args}, orderBy: { field: POSITION, direction: ASC }) { nodes { balanceAfter } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`;
    const forward: number[] = [];
    for (let after = ''; ;) {
      const { data } = await subgraph.ask('alice', source(`first: 2${after === '' ? '' : `, after: "${after}"`}`));
      const { nodes, pageInfo } = data.creditTransactions;
      forward.push(...nodes.map((node: any) => node.balanceAfter));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(forward).toEqual([50, 49, 48, 47, 46]);
    const { data } = await subgraph.ask('alice', source('last: 5'));
    expect(data.creditTransactions.nodes.map((node: any) => node.balanceAfter)).toEqual(forward);
  });
});

describe('permissions', () => {
  const job = { scanJobId: 'ScanJob:00000000-0000-4000-8000-000000000000' };
  const leaseToken = '00000000-0000-4000-8000-000000000001';
  const credit = { accountId: 'Account:user_bob', amount: 1, reason: 'x' };
  const analysis = { riskScore: 1, contentHash: 'e'.repeat(64), modelUsed: 'm' };

  test.each<[string, Record<string, unknown>, readonly Caller[]]>([
    ['accountRegister', {}, ['alice', 'admin']],
    ['accountRegister', { clerkUserId: 'user_new' }, ['admin']],
    ['accountRegister', { metadata: { github_login: 'admin' } }, ['admin']],
    ['walletCredit', credit, ['admin']],
    ['walletAdjust', credit, ['admin']],
    ['scanRequest', { url: 'https://shop.example/' }, ['alice']],
    ['scanJobsClaim', { stage: 'ANALYZING' }, ['worker']],
    ['scanJobHeartbeat', { ...job, leaseToken }, ['worker']],
    ['scanAccessRecord', { ...job, leaseToken, urlAccessed: 'https://shop.example/' }, ['worker']],
    ['scanJobAnalyze', { ...job, leaseToken, expectedVersion: 1 }, ['worker']],
    ['scanJobComplete', { ...job, leaseToken, expectedVersion: 1, ...analysis }, ['worker']],
    ['scanJobFail', { ...job, leaseToken, expectedVersion: 1, reason: 'x' }, ['worker', 'admin']],
    ['scanJobsTimeOut', {}, ['worker', 'admin']],
  ])('%s %j is for %j alone', async (mutation, input, allowed) => {
    for (const caller of ['alice', 'reader', 'worker', 'admin', 'anonymous'] as const) {
      const outcome = await subgraph.mutate(caller, mutation, input).then(
        () => 'allowed',
        (error: unknown) => (error as { codes?: unknown[] }).codes?.[0],
      );
      const refusal = caller === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      expect([caller, outcome]).toEqual([caller, allowed.includes(caller) ? 'allowed' : refusal]);
    }
  });

  test('an administrator fails a job without its lease, a worker does not', async () => {
    const { scanJob } = await subgraph.mutate(
      'bob',
      'scanRequest',
      { url: 'https://shop.example/' },
      'scanJob { id version }',
    );
    const input = { scanJobId: scanJob.id, expectedVersion: scanJob.version, reason: 'abuse' };
    expect(await subgraph.mutate('worker', 'scanJobFail', input)).toMatchObject({
      userErrors: [{ code: 'VALIDATION', field: ['leaseToken'] }],
    });
    expect(await subgraph.mutate('admin', 'scanJobFail', input, 'scanJob { state }')).toMatchObject({
      scanJob: { state: 'FAILED' },
      userErrors: [],
    });
  });

  test('an id of another type, or malformed, is refused by name', async () => {
    const { codes, errors } = await subgraph.ask('alice', '{ scanJob(id: "Wallet:1") { id } }');
    expect({ codes, errors }).toEqual({
      codes: ['BAD_USER_INPUT'],
      errors: ['Expected an id of type ScanJob, got Wallet.'],
    });
    expect((await subgraph.ask('alice', '{ scanJob(id: "ScanJob:1") { id } }')).codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('scanJobChanged', () => {
  const source = (args = '') => `subscription { scanJobChanged${args} { cursor action scanJob { id state version } } }`;

  /** Reads `count` changes, and ends the subscription. */
  async function take(
    caller: Caller,
    args: string,
    count: number,
    during: () => Promise<void> = async () => undefined,
  ): Promise<any[]> {
    const stop = new AbortController();
    const stream = await subgraph.follow(caller, source(args), stop.signal);
    const changes: any[] = [];
    let next = stream.next();
    await untilFollowing(subgraph.database);
    await during();
    while (changes.length < count) {
      const { value } = await next;
      changes.push(value.data?.scanJobChanged ?? value.errors);
      if (changes.length < count) next = stream.next();
    }
    stop.abort();
    await stream.return?.(undefined);
    return changes;
  }

  test('tells a worker of the jobs that it has claimed, and of no other', async () => {
    let claimed = '';
    const changes = await take('worker', '', 1, async () => {
      const request = () => subgraph.mutate('bob', 'scanRequest', { url: 'https://shop.example/' });
      await request();
      const { claims } = await subgraph.mutate(
        'worker',
        'scanJobsClaim',
        { stage: 'FETCHING', limit: 1 },
        'claims { scanJob { id } }',
      );
      claimed = claims[0].scanJob.id;
      await request();
    });
    expect(changes.map(({ scanJob }) => scanJob.id)).toEqual([claimed]);
  });

  test('tells an account of its own jobs alone, in order, and replays what was missed after a cursor', async () => {
    let jobId = '';
    const changes = await take('alice', '', 2, async () => {
      await subgraph.mutate('bob', 'scanRequest', { url: 'https://shop.example/' });
      const { scanJob } = await subgraph.mutate(
        'alice',
        'scanRequest',
        { url: 'https://shop.example/' },
        'scanJob { id }',
      );
      jobId = scanJob.id;
      await subgraph.mutate('admin', 'scanJobFail', { scanJobId: jobId, expectedVersion: 1, reason: 'x' });
    });
    expect(changes.map(({ action, scanJob }) => [action, scanJob.id])).toEqual([
      ['scanJobRequested', jobId],
      ['scanJobFailed', jobId],
    ]);
    const missed = await take('alice', `(scanJobId: "${jobId}", after: "${changes[0].cursor as string}")`, 1);
    expect(missed).toEqual([
      { cursor: changes[1].cursor, action: 'scanJobFailed', scanJob: { id: jobId, state: 'FAILED', version: 2 } },
    ]);
  });

  test('shows an administrator every account’s jobs', async () => {
    const changes = await take('admin', '', 2, async () => {
      await subgraph.mutate('alice', 'scanRequest', { url: 'https://shop.example/' });
      await subgraph.mutate('bob', 'scanRequest', { url: 'https://shop.example/' });
    });
    expect(changes.map(({ action }) => action)).toEqual(['scanJobRequested', 'scanJobRequested']);
  });
});
