/**
 * Items per second of 8 workers that claim and hand in, beside pg-boss doing the same, and how long LOW waits under a flood of
 * URGENT. Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- workflow
 */
import PgBoss from 'pg-boss';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { settleSealing, type Writer } from '../../../subgraphs/kernel/write/index.js';
import { claimItems, completeItem } from '../../../subgraphs/workflow/operations/index.js';
import { openTestDatabase } from '../../testkit/database.js';

const workers = 8;
const items = 1_000;
const rounds = 2;

const opened = await openTestDatabase();
if (opened.url === null)
  throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: one connection has no concurrency to measure.');
const { database, url } = opened;
const boss = new PgBoss({ connectionString: url, max: workers, supervise: false, schedule: false });
await boss.start();
await boss.createQueue('bench');

const writer = (subject: string): Writer => ({
  auth: Identity.of({ subject, scopes: ['workflow:work'] }),
  requestId: 'bench',
  database,
});

/** In orders of `perOrder`: the last item of an order to finish says so, and so its items finish one after the other. */
async function addItems(priority: string, count: number, { perOrder = 10, minutesAgo = 0 } = {}): Promise<void> {
  await database.query(
    `with o as (insert into workflow.work_orders (title) select 'bench' from generate_series(1, ceil($2::int4 / $4::float8)::int4) returning id)
     insert into workflow.work_items (work_order_id, type, content, priority, next_attempt_at)
     select o.id, 'TICKET', '{"text": "an item"}', $1, now() - make_interval(mins => $3) from o, generate_series(1, least($2::int4, $4::int4))`,
    [priority, count, minutesAgo, perOrder],
  );
}

/** Works until nothing is left, and answers items per second. */
async function perSecond(work: (worker: string) => Promise<number>): Promise<number> {
  const start = performance.now();
  await Promise.all(
    Array.from({ length: workers }, async (_, index) => {
      while ((await work(`worker-${index}`)) > 0);
    }),
  );
  return (items * 1_000) / (performance.now() - start);
}

const claimAndComplete = (limit: number) => async (worker: string) => {
  const { claims = [] } = await claimItems(writer(worker), { limit, leaseSeconds: 60 });
  for (const { id, leaseToken } of claims)
    await completeItem(writer(worker), { workItemId: id, leaseToken, result: { done: true } });
  return claims.length;
};

const fetchAndComplete = (batchSize: number) => async () => {
  const jobs = await boss.fetch('bench', { batchSize });
  for (const { id } of jobs) await boss.complete('bench', id, { done: true });
  return jobs.length;
};

const queues: Readonly<Record<string, () => Promise<number>>> = {
  'pg-boss, one at a time': async () => {
    await boss.insert(Array.from({ length: items }, () => ({ name: 'bench', data: { text: 'an item' } })));
    return perSecond(fetchAndComplete(1));
  },
  'pg-boss, ten at a time': async () => {
    await boss.insert(Array.from({ length: items }, () => ({ name: 'bench', data: { text: 'an item' } })));
    return perSecond(fetchAndComplete(10));
  },
  'work items, one at a time': async () => {
    await addItems('MEDIUM', items);
    return perSecond(claimAndComplete(1));
  },
  'work items, ten at a time': async () => {
    await addItems('MEDIUM', items);
    return perSecond(claimAndComplete(10));
  },
  'work items, one at a time, all of one order': async () => {
    await addItems('MEDIUM', items, { perOrder: items });
    return perSecond(claimAndComplete(1));
  },
};

const best = new Map<string, number>();
// In turns, so that what else the machine does falls on all of them.
for (let round = 0; round < rounds; round += 1) {
  for (const [name, run] of Object.entries(queues)) {
    best.set(name, Math.max(best.get(name) ?? 0, await run()));
    await settleSealing(database);
    await database.script('analyze workflow.work_items; analyze pgboss.job');
  }
}
console.log(`${workers} workers, claim and hand in, best of ${rounds} rounds of ${items}:`);
for (const [name, rate] of best) {
  const beside = best.get(name.replace('work items', 'pg-boss').replace(', all of one order', '')) ?? 1;
  console.log(`  ${rate.toFixed(0).padStart(6)}/s  ${(rate / beside).toFixed(2)} of pg-boss  ${name}`);
}
console.log('  (beside an item stand its attempt, two audit entries, two events and the status of its order)');

// Two hours in which URGENT alone take all that the workers can do. One LOW comes in the first minute.
const minutes = 120;
const perMinute = 20;
let waited = minutes;
let urgentWait = 0;
for (let minute = 0; minute < minutes; minute += 1) {
  await addItems('URGENT', perMinute, { minutesAgo: minutes - minute });
  if (minute === 0) await addItems('LOW', 1, { minutesAgo: minutes });
  const { claims = [] } = await claimItems(writer('worker-0'), { limit: perMinute, leaseSeconds: 3_600 });
  const rows = await database.query<{ priority: string; minute: number }>(
    `select priority, (extract(epoch from next_attempt_at - now()) / 60 + ${minutes})::int4 as minute
     from workflow.work_items where id = any($1)`,
    [claims.map(({ id }) => id)],
  );
  for (const row of rows) {
    if (row.priority === 'LOW') waited = minute - row.minute;
    else urgentWait = Math.max(urgentWait, minute - row.minute);
  }
}
console.log(
  `under ${perMinute} URGENT a minute, all that is done in one: LOW waits ${waited} min, URGENT ${urgentWait} at most`,
);

await boss.stop({ graceful: false });
await opened.close();
