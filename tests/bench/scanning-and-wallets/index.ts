/**
 * Debits per second of 16 clients on one hot wallet and across 10,000 wallets: what the product does, beside the same two
 * statements by hand. Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- scanning-and-wallets
 */
import pg from 'pg';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { settleSealing, type Writer } from '../../../subgraphs/kernel/write/index.js';
import { bookManually, requestScan } from '../../../subgraphs/scanning-and-wallets/operations/index.js';
import { bookCredit } from '../../../subgraphs/scanning-and-wallets/repository/index.js';
import { defaultScanSettings } from '../../../subgraphs/scanning-and-wallets/settings.js';
import { openTestDatabase } from '../../testkit/database.js';

const clients = 16;
const perClient = 150;
const rounds = 3;
const wallets = 10_000;

const opened = await openTestDatabase();
if (opened.url === null)
  throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: one connection has no concurrency to measure.');
const { database, url } = opened;
const pool = new pg.Pool({ connectionString: url, max: clients });

// Accounts with credit, and the same two tables again without any trigger or foreign key.
await database.script(`
  insert into scanning.users (clerk_user_id) select 'user_' || n from generate_series(1, ${wallets}) n;
  begin;
  insert into scanning.wallets (user_id, credit_balance) select 'user_' || n, 1000000 from generate_series(1, ${wallets}) n;
  insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
    select id, 'GRANT', 1000000, 1000000, 'bench', 'bench' from scanning.wallets;
  commit;
  create schema bare;
  create table bare.wallets (like scanning.wallets including defaults including constraints including indexes);
  insert into bare.wallets select * from scanning.wallets;
  create table bare.credit_transactions (like scanning.credit_transactions including defaults including identity including constraints including indexes);
`);
await database.script('analyze scanning.wallets, scanning.credit_transactions, bare.wallets');

type Debit = (userId: string) => Promise<unknown>;

function byHand(schema: 'scanning' | 'bare'): Debit {
  const update = `update ${schema}.wallets set credit_balance = credit_balance - 1
    where user_id = $1 and credit_balance >= 1 returning id, credit_balance`;
  const insert = `insert into ${schema}.credit_transactions (wallet_id, type, amount, balance_after, reason, actor)
    values ($1, 'ADJUSTMENT', -1, $2, 'bench', 'bench')`;
  return async (userId) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ id: string; credit_balance: number }>({
        name: `bench_update_${schema}`,
        text: update,
        values: [userId],
      });
      const [wallet] = rows;
      await client.query({
        name: `bench_insert_${schema}`,
        text: insert,
        values: [wallet?.id, wallet?.credit_balance],
      });
      await client.query('commit');
    } finally {
      client.release();
    }
  };
}

const writerOf = (subject: string): Writer => ({
  auth: Identity.of({ subject, scopes: ['scanning:write', 'scanning:admin'] }),
  requestId: 'bench',
  database,
});
const doors = {
  settings: { ...defaultScanSettings, requestsPerMinute: 0 },
  resolve: async (): Promise<readonly string[]> => ['93.184.215.14'],
};
const booking = {
  type: 'ADJUSTMENT',
  amount: -1,
  reason: 'bench',
  actor: 'bench',
  scanJobId: null,
  reference: null,
} as const;
let key = 0;

const debits: Readonly<Record<string, Debit>> = {
  'two statements by hand': byHand('scanning'),
  'the same on tables without triggers and foreign keys': byHand('bare'),
  'the debit in one statement, nothing recorded': (userId) =>
    database.transaction((tx) => bookCredit(tx, { ...booking, userId }, 1_000_000_000)),
  'walletAdjust: the debit, its audit entry and event': (userId) =>
    bookManually(writerOf('bench'), 'ADJUSTMENT', { userId, amount: -1, reason: 'bench' }),
  'scanRequest: checks, debit, job, audit entries and events': (userId) =>
    requestScan(writerOf(userId), doors, { url: 'https://shop.example/' }),
  'scanRequest with a client key': (userId) =>
    requestScan(writerOf(userId), doors, { url: 'https://shop.example/', clientKey: `key-${(key += 1)}` }),
};

async function perSecond(debit: Debit, walletOf: (client: number, index: number) => string): Promise<number> {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let index = 0; index < perClient; index += 1) await debit(walletOf(client, index));
    }),
  );
  const rate = (clients * perClient * 1_000) / (performance.now() - start);
  await settleSealing(database);
  return rate;
}

const spreads: Readonly<Record<string, (client: number, index: number) => string>> = {
  'one hot wallet': () => 'user_1',
  // 7919 is prime to 10,000: every wallet in turn, far from each other.
  [`${wallets.toLocaleString('en')} wallets`]: (client, index) =>
    `user_${1 + (((client * perClient + index) * 7_919) % wallets)}`,
};

for (const [spread, walletOf] of Object.entries(spreads)) {
  const best = new Map<string, number>();
  // In turns, so that what else the machine does falls on all of them.
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, debit] of Object.entries(debits)) {
      best.set(name, Math.max(best.get(name) ?? 0, await perSecond(debit, walletOf)));
    }
  }
  const base = best.get('two statements by hand') ?? 1;
  console.log(`${spread}, ${clients} clients, best of ${rounds} rounds of ${clients * perClient}:`);
  for (const [name, rate] of best) {
    console.log(`  ${rate.toFixed(0).padStart(6)}/s  ${(rate / base).toFixed(2)} of by hand  ${name}`);
  }
}

const [sums] = await database.query<{
  broken: number;
}>(`select count(*) as broken from scanning.wallets w where credit_balance <>
  (select sum(amount) from scanning.credit_transactions t where t.wallet_id = w.id)`);
console.log(`${sums?.broken ?? '?'} of ${wallets} wallets differ from their transactions`);
await pool.end();
await opened.close();
