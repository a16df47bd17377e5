/**
 * Jobs per second through the queue of documents, claimed and completed one by one by 8 clients with 10,000 jobs waiting, beside
 * pg-boss on the same database. Needs PostgreSQL: WEFT_TEST_DATABASE_URL=… npm run bench -- processing-queue
 */
import PgBoss from 'pg-boss';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { settleSealing, type Writer } from '../../subgraphs/kernel/write/index.js';
import { claimJobs, completeJob } from '../../subgraphs/evidence-and-features/operations/queue/index.js';
import { claimProcessingJobs } from '../../subgraphs/evidence-and-features/repository/processing-jobs.js';
import { openTestDatabase } from '../testkit/database.js';

const clients = 8;
const jobs = 500;
const backlog = 10_000;
const rounds = 2;

/** Answers whether there was a job. */
type Step = () => Promise<boolean>;

async function jobsPerSecond(step: Step): Promise<number> {
  let left = jobs;
  const client = async (): Promise<void> => {
    while ((left -= 1) >= 0) if (!(await step())) throw new Error('the queue ran dry');
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return jobs / ((performance.now() - start) / 1_000);
}

const { database, url, close } = await openTestDatabase();
if (url === null) throw new Error('Set WEFT_TEST_DATABASE_URL to a PostgreSQL server: pg-boss needs one.');
await database.script(`
    insert into evidence.documents (filename, file_type, file_path, file_hash)
      select n || '.md', 'md', 'documents/' || n, 'hash ' || n from generate_series(1, ${backlog}) n;
    insert into evidence.processing_jobs (document_id, handler) select id, 'built_in' from evidence.documents;
    analyze evidence.documents, evidence.processing_jobs`);
const boss = new PgBoss({ connectionString: url, max: clients, supervise: false, schedule: false, migrate: true });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('documents');
for (let sent = 0; sent < backlog; sent += 1_000) {
  await boss.insert(Array.from({ length: 1_000 }, (_, n) => ({ name: 'documents', data: { document: sent + n } })));
}
await database.script('analyze');

const writer: Writer = { auth: Identity.of({ subject: 'bench', scopes: [] }), requestId: 'bench', database };
const request = { jobTypes: ['extract'], handler: 'built_in', fileTypes: null, limit: 1, leaseSeconds: 60 } as const;
const steps: Record<string, Step> = {
  'pg-boss: fetch and complete': async () => {
    const [job] = await boss.fetch('documents', { batchSize: 1 });
    if (job === undefined) return false;
    await boss.complete('documents', job.id);
    return true;
  },
  'claim and complete, with audit trail, events, the next job and the document': async () => {
    const { claims: [job] = [] } = await claimJobs(writer, request);
    if (job === undefined) return false;
    await completeJob(writer, { jobId: job.jobId, leaseToken: job.leaseToken });
    return true;
  },
  'pg-boss: fetch alone': async () => (await boss.fetch('documents', { batchSize: 1 })).length === 1,
  'the claiming statement alone': async () => {
    const taken = await database.transaction((tx) => claimProcessingJobs(tx, { ...request, worker: 'bench' }));
    return taken.length === 1;
  },
};
const best = new Map<string, number>();
for (let round = 0; round < rounds; round += 1) {
  for (const [name, step] of Object.entries(steps)) {
    best.set(name, Math.max(best.get(name) ?? 0, await jobsPerSecond(step)));
    await settleSealing(database);
  }
}
const [boss2 = 1, ours2 = 0, boss1 = 1, ours1 = 0] = best.values();
for (const [name, rate] of best) console.log(`${rate.toFixed(0).padStart(6)} jobs/s  ${name}`);
console.log(
  `ratio to pg-boss: claim and complete ${(ours2 / boss2).toFixed(2)}, claim alone ${(ours1 / boss1).toFixed(2)}`,
);
await boss.stop({ graceful: false });
await close();
