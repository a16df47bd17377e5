/**
 * What the audit trail costs: mutations per second of 8 writers with audit entry, event and sealing, without them, and the same
 * update by hand on `pg`. Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- audit
 */
import pg from 'pg';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import {
  sealAuditTrail,
  settleSealing,
  write,
  type Writer,
  type WriteTransaction,
} from '../../../subgraphs/kernel/write/index.js';
import { openTestDatabase } from '../../testkit/database.js';

const writers = 8;
const perWriter = 250;
const rounds = 3;

const opened = await openTestDatabase();
if (opened.url === null)
  throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: one connection has no concurrency to measure.');
const { database, url } = opened;
const writer: Writer = { auth: Identity.of({ subject: 'bench', scopes: [] }), requestId: 'bench', database };
const update = `update traceability.repositories set name = $2 where full_name = $1`;
const key = (n: number): string => `acme/repo-${n}`;

type Mutation = (n: number, i: number) => Promise<unknown>;

async function perSecond(mutate: Mutation): Promise<number> {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, n) => {
      for (let i = 0; i < perWriter; i += 1) await mutate(n, i);
    }),
  );
  return (writers * perWriter * 1000) / (performance.now() - start);
}

const record = (tx: WriteTransaction, n: number, i: number): void =>
  tx.record({
    type: 'Repository',
    key: key(n),
    action: 'repositoryUpdated',
    repository: key(n),
    details: { name: [null, `name ${i}`] },
  });
const bySql = (tx: WriteTransaction, n: number, i: number): Promise<unknown> =>
  tx.query({ name: 'bench_update', text: update }, [key(n), `name ${i}`]);
const byPrisma = async (tx: WriteTransaction, n: number, i: number): Promise<unknown> =>
  (await tx.prisma()).repository.update({ where: { fullName: key(n) }, data: { name: `name ${i}` } });

const pool = new pg.Pool({ connectionString: url, max: writers });
const mutations: Record<string, Mutation> = {
  'by hand on pg, one transaction': async (n, i) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query({ name: 'bench_update', text: update, values: [key(n), `name ${i}`] });
      await client.query('commit');
    } finally {
      client.release();
    }
  },
  'write(), SQL, nothing recorded': (n, i) =>
    write(writer, { operation: 'bench' }, async (tx) => (await bySql(tx, n, i), {})),
  'write(), SQL, audit entry, event and seal': (n, i) =>
    write(writer, { operation: 'bench' }, async (tx) => {
      await bySql(tx, n, i);
      record(tx, n, i);
      return {};
    }),
  'write(), Prisma, nothing recorded': (n, i) =>
    write(writer, { operation: 'bench' }, async (tx) => (await byPrisma(tx, n, i), {})),
  'write(), Prisma, audit entry, event and seal': (n, i) =>
    write(writer, { operation: 'bench' }, async (tx) => {
      await byPrisma(tx, n, i);
      record(tx, n, i);
      return {};
    }),
};

try {
  await database.query(
    `insert into traceability.repositories (name, git_url, owner, repo)
     select n::text, n::text, 'acme', 'repo-' || n from generate_series(0, $1::int - 1) n`,
    [writers],
  );
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, mutate] of Object.entries(mutations))
      best.set(name, Math.max(best.get(name) ?? 0, await perSecond(mutate)));
  }
  await settleSealing(database);
  await sealAuditTrail(database);
  const [chain] = await database.query<{ entries: number; seals: number; faults: number }>(
    `select (select count(*) from traceability.audit_log) as entries, (select count(*) from traceability.audit_seals) as seals,
       (select count(*) from traceability.verify_audit_chain()) as faults`,
  );
  const ceiling = best.get('by hand on pg, one transaction') ?? NaN;
  for (const [name, rate] of best)
    console.log(`${name}: ${rate.toFixed(0)} mutations/s, ${((100 * rate) / ceiling).toFixed(0)} % of by hand`);
  console.log(
    `${writers} writers; afterwards ${chain?.entries ?? 0} entries, ${chain?.seals ?? 0} sealed, ${chain?.faults ?? 0} faults`,
  );
} finally {
  await pool.end();
  await opened.close();
}
