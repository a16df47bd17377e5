import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { callers, openAccount, TestSubgraph } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  await openAccount(subgraph, callers.bob, 100);
  // One job of each end: refunded, and completed with its result and access log.
  const request = (): Promise<any> =>
    subgraph.mutate('bob', 'scanRequest', { url: 'https://shop.example/' }, 'scanJob { id }');
  const { scanJob } = await request();
  await subgraph.mutate('admin', 'scanJobFail', { scanJobId: scanJob.id, expectedVersion: 1, reason: 'x' });
  await request();
  const { claims } = await subgraph.mutate(
    'worker',
    'scanJobsClaim',
    { stage: 'FETCHING' },
    'claims { leaseToken scanJob { id } }',
  );
  const lease = { scanJobId: claims[0].scanJob.id, leaseToken: claims[0].leaseToken };
  await subgraph.mutate('worker', 'scanAccessRecord', { ...lease, urlAccessed: 'https://shop.example/' });
  await subgraph.mutate('worker', 'scanJobAnalyze', { ...lease, expectedVersion: 2 });
  const analysis = { riskScore: 1, contentHash: 'f'.repeat(64), modelUsed: 'model@1' };
  await subgraph.mutate('worker', 'scanJobComplete', { ...lease, expectedVersion: 3, ...analysis });
});

afterAll(() => opened.close());

async function balance(): Promise<number> {
  const { data } = await subgraph.ask('bob', '{ myAccount { wallet { creditBalance } } }');
  return data.myAccount.wallet.creditBalance;
}

describe('credit', () => {
  const accountId = 'Account:user_bob';

  test('a grant adds, an adjustment corrects, and each is a transaction with its balance', async () => {
    const before = await balance();
    await subgraph.mutate('admin', 'walletCredit', { accountId, amount: 5, reason: 'invoice', reference: 'INV-1' });
    const { wallet, creditTransaction } = await subgraph.mutate(
      'admin',
      'walletAdjust',
      { accountId, amount: -3, reason: 'mistake' },
      'wallet { creditBalance } creditTransaction { type amount balanceAfter reason actor reference }',
    );
    expect(wallet).toEqual({ creditBalance: before + 2 });
    expect(creditTransaction).toEqual({
      type: 'ADJUSTMENT',
      amount: -3,
      balanceAfter: before + 2,
      reason: 'mistake',
      actor: 'admin',
      reference: null,
    });
  });

  test('an adjustment below zero is refused', async () => {
    const payload = await subgraph.mutate('admin', 'walletAdjust', { accountId, amount: -1_000_000, reason: 'x' });
    expect(payload.userErrors).toMatchObject([{ code: 'INSUFFICIENT_CREDIT', field: ['amount'] }]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['nothing', { amount: 0 }, 'amount'],
    ['a negative amount', { amount: -1 }, 'amount'],
    ['more than a million', { amount: 1_000_001 }, 'amount'],
    ['without a reason', { reason: ' ' }, 'reason'],
    ['with an endless reference', { reference: 'x'.repeat(501) }, 'reference'],
  ])('a grant of %s is refused', async (_what, fault, field) => {
    const payload = await subgraph.mutate('admin', 'walletCredit', { accountId, amount: 1, reason: 'x', ...fault });
    expect(payload.userErrors).toMatchObject([{ code: 'VALIDATION', field: [field] }]);
  });

  test('a grant to nobody is refused', async () => {
    const payload = await subgraph.mutate('admin', 'walletCredit', {
      accountId: 'Account:nobody',
      amount: 1,
      reason: 'x',
    });
    expect(payload.userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['accountId'] }]);
  });

  test('a grant with one key, repeated, is one grant', async () => {
    const before = await balance();
    const input = { accountId, amount: 7, reason: 'x', clientKey: 'grant-1' };
    const grants = await Promise.all(
      [1, 2, 3].map(() => subgraph.mutate('admin', 'walletCredit', input, 'creditTransaction { id }')),
    );
    expect(new Set(grants.map((grant) => grant.creditTransaction.id)).size).toBe(1);
    expect(await balance()).toBe(before + 7);
  });

  test('registering again keeps the wallet, and metadata links to the GitHub user', async () => {
    const before = await balance();
    const input = { clerkUserId: 'user_bob', metadata: { github_login: 'BobHub' } };
    const { account } = await subgraph.mutate(
      'admin',
      'accountRegister',
      input,
      'account { githubLogin user { githubLogin } wallet { creditBalance } }',
    );
    expect(account).toEqual({
      githubLogin: 'bobhub',
      user: { githubLogin: 'bobhub' },
      wallet: { creditBalance: before },
    });
  });
});

describe('the tables', () => {
  test('have no column that could hold the content of a page', async () => {
    const columns = await opened.database.query<{ name: string; data_type: string }>(
      `select table_name || '.' || column_name as name, data_type from information_schema.columns where table_schema = 'scanning' order by 1`,
    );
    const contentLike = /body|content|html|dom|screenshot|image|page|source|markup|snapshot|raw|blob|payload/;
    const suspects = columns.filter(
      ({ name, data_type }) => contentLike.test(name.split('.')[1] ?? '') || data_type === 'bytea',
    );
    expect(suspects.map(({ name }) => name)).toEqual([
      'audit_logs.content_hash',
      'audit_logs.content_type',
      'scan_results.content_hash',
      'scan_results.content_type',
    ]);
    const texts = columns
      .filter(({ name }) => /^(audit_logs|scan_results)\./.test(name))
      .map(({ name }) => name.split('.')[1]);
    // Whoever adds a column here has to say what it holds.
    expect([...new Set(texts)].sort()).toEqual(
      'analysis_metadata categories content_hash content_type created_at http_headers http_status id indicators job_id model_used reasoning risk_assessment_summary risk_score scan_job_id timestamp url_accessed'.split(
        ' ',
      ),
    );
  });

  test.each(['audit_logs', 'credit_transactions'])('%s refuses UPDATE, DELETE and TRUNCATE', async (table) => {
    for (const statement of [
      `update scanning.${table} set id = id`,
      `delete from scanning.${table}`,
      `truncate scanning.${table}`,
      `truncate scanning.scan_jobs cascade`,
    ]) {
      await expect(opened.database.query(statement)).rejects.toMatchObject({ code: 'WF001' });
    }
  });

  test.each([
    ['a negative balance', 'update scanning.wallets set credit_balance = -1'],
    ['a balance without a transaction', 'update scanning.wallets set credit_balance = credit_balance + 1'],
    [
      'a transaction without a balance',
      `insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
      select id, 'GRANT', 1, credit_balance + 1, 'x', 'x' from scanning.wallets limit 1`,
    ],
    ['a header that carries a secret', `update scanning.scan_results set http_headers = '{"set-cookie": "a=b"}'`],
    ['a hash in upper case', `update scanning.scan_results set content_hash = repeat('A', 64)`],
    ['a state out of its order', `update scanning.scan_jobs set state = 'QUEUED' where state = 'COMPLETED'`],
    [
      'a second refund',
      `insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor, scan_job_id)
      select t.wallet_id, 'REFUND', 1, w.credit_balance + 1, 'x', 'x', t.scan_job_id from scanning.credit_transactions t
      join scanning.wallets w on w.id = t.wallet_id where t.type = 'REFUND' limit 1`,
    ],
  ])('refuse %s', async (_what, statement) => {
    await expect(opened.database.query(statement)).rejects.toThrow();
  });
});
