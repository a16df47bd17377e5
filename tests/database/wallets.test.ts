import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { kindOf, valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
let wallet: string;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.query(`insert into scanning.users (clerk_user_id) values ('user_1')`);
  wallet = await valueOf(database, `insert into scanning.wallets (user_id) values ('user_1') returning id`);
});
afterAll(() => opened.close());

/** Moves the balance and writes the transaction in one statement, as the domain does. */
function move(amount: number, type = amount < 0 ? 'ADJUSTMENT' : 'GRANT'): Promise<Record<string, unknown>[]> {
  return database.query(
    `with wallet as (
       update scanning.wallets set credit_balance = credit_balance + $2::int
       where id = $1 and credit_balance + $2::int >= 0 returning id, credit_balance
     )
     insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
     select id, $3, $2::int, credit_balance, 'test', 'tester' from wallet returning balance_after`,
    [wallet, amount, type],
  );
}

async function balanceAndSum(): Promise<[number, number]> {
  const [row] = await database.query<{ balance: number; sum: number }>(
    `select credit_balance as balance, (select coalesce(sum(amount), 0)::int from scanning.credit_transactions where wallet_id = w.id) as sum
     from scanning.wallets w where id = $1`,
    [wallet],
  );
  return [row?.balance ?? NaN, row?.sum ?? NaN];
}

describe('a wallet', () => {
  test('moves with its transactions', async () => {
    await move(100);
    await move(-30);
    expect(await balanceAndSum()).toEqual([70, 70]);
  });

  test('is not moved past zero: nothing is written', async () => {
    expect(await move(-71)).toEqual([]);
    expect(await balanceAndSum()).toEqual([70, 70]);
  });

  test.each([
    ['a balance without its transaction', 'update scanning.wallets set credit_balance = credit_balance + 1'],
    [
      'a transaction without its balance',
      `insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
       select id, 'GRANT', 1, credit_balance + 1, 'test', 'tester' from scanning.wallets`,
    ],
    [
      'a transaction that does not follow from the one before',
      `insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
       select id, 'GRANT', 1, credit_balance, 'test', 'tester' from scanning.wallets`,
    ],
    [
      'a wallet that begins with credit',
      `insert into scanning.users (clerk_user_id) values ('user_2');
      insert into scanning.wallets (user_id, credit_balance) values ('user_2', 5)`,
    ],
  ])('cannot commit %s', async (_, statements) => {
    const running = database.transaction(async (tx) => {
      for (const statement of statements.split(';')) await tx.query(statement);
    });
    expect(await kindOf(running)).toBe('contradiction');
    expect(await balanceAndSum()).toEqual([70, 70]);
  });

  test('a job is charged once and refunded at most once', async () => {
    const job = await valueOf<string>(
      database,
      `insert into scanning.scan_jobs (user_id, url) values ('user_1', 'https://example.com/') returning id`,
    );
    const charge = (type: string, amount: number): Promise<unknown> =>
      database.query(
        `with wallet as (update scanning.wallets set credit_balance = credit_balance + $2::int where id = $1 returning id, credit_balance)
         insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor, scan_job_id)
         select id, $3, $2::int, credit_balance, 'test', 'tester', $4 from wallet`,
        [wallet, amount, type, job],
      );
    await charge('DEBIT', -5);
    expect(await kindOf(charge('DEBIT', -5))).toBe('unique');
    await charge('REFUND', 5);
    expect(await kindOf(charge('REFUND', 5))).toBe('unique');
    expect(await balanceAndSum()).toEqual([70, 70]);
  });

  test.each([
    ['DEBIT', 5],
    ['GRANT', -5],
    ['ADJUSTMENT', 0],
  ])('a %s of %d is no such thing', async (type, amount) => {
    expect(await kindOf(move(amount, type))).toBe('check');
  });
});

describeOn('postgres', 'a wallet under concurrency', () => {
  test('stays the sum of its transactions while many move it at once', async () => {
    const amounts = Array.from({ length: 400 }, (_, n) => ((n * 7_919) % 41) - 20).filter((amount) => amount !== 0);
    await Promise.all(amounts.map((amount) => move(amount)));
    const [balance, sum] = await balanceAndSum();
    expect(balance).toBe(sum);
    expect(balance).toBeGreaterThanOrEqual(0);
  });
});
