import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../testkit/index.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  // Long histories with little to do, as queues are: what is finished must cost a claim nothing.
  await opened.database.script(`
    insert into evidence.processing_jobs (status) select 'completed' from generate_series(1, 5000);
    insert into evidence.processing_jobs (status) select 'pending' from generate_series(1, 20);
    insert into scanning.users (clerk_user_id) values ('user_1');
    insert into scanning.scan_jobs (user_id, url, state)
      select 'user_1', 'https://example.com/', case when n > 20 then 'COMPLETED' else 'QUEUED' end from generate_series(1, 5000) n;
    insert into workflow.work_orders default values;
    insert into workflow.work_items (work_order_id, type, content, status)
      select id, 'TICKET', '{}', case when n > 20 then 'COMPLETED' else 'QUEUED' end::workflow.work_item_status
      from workflow.work_orders, generate_series(1, 5000) n;
    insert into workflow.attempts (work_item_id, agent_id, status, finished_at) select id, 'agent', 'COMPLETED', now()
      from workflow.work_items where status = 'COMPLETED';
    insert into platform.events (entity_type, entity_id, action) select 'Thing', 'Thing:' || n, 'changed' from generate_series(1, 5000) n;
    analyze evidence.processing_jobs; analyze scanning.scan_jobs; analyze workflow.work_items; analyze workflow.attempts; analyze platform.events;`);
});
afterAll(() => opened.close());

test.each([
  [
    'a claim of a processing job',
    `select id from evidence.processing_jobs where status = 'pending' and handler = 'built_in' and job_type = 'extract' and next_attempt_at <= now()
     order by next_attempt_at, id limit 1 for update skip locked`,
    /processing_jobs_claimable_idx/,
  ],
  [
    'expired leases of processing jobs',
    `select id from evidence.processing_jobs where status = 'processing' and lease_expires_at < now() limit 10`,
    /processing_jobs_leased_idx|idx_processing_jobs_status/,
  ],
  [
    'a claim of a scan',
    `select id from scanning.scan_jobs where state = 'QUEUED' order by created_at, id limit 1 for update skip locked`,
    /scan_jobs_claimable_idx/,
  ],
  [
    'scans past their deadline',
    `select id from scanning.scan_jobs where state in ('QUEUED', 'FETCHING', 'ANALYZING') and deadline_at < now() limit 10`,
    /scan_jobs_overdue_idx/,
  ],
  [
    'a claim of a work item',
    `select id from workflow.work_items where status = 'QUEUED' and type = 'TICKET' and next_attempt_at <= now()
     order by claim_order, id limit 1 for update skip locked`,
    /work_items_claimable_idx/,
  ],
  [
    'attempts past their deadline',
    `select id from workflow.attempts where status = 'STARTED' and deadline_at < now() limit 10`,
    /attempts_overdue_idx|attempts_status_started_at_id_idx/,
  ],
  [
    'a window of events',
    `select position from platform.events where xid >= '1000000000'::xid8 and xid < '2000000000'::xid8 order by xid, position limit 100`,
    /events_xid_position_idx/,
  ],
])('%s reads its index, and no finished row', async (_, statement, index) => {
  const plan = await opened.database.query<Record<string, string>>(`explain ${statement}`);
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toMatch(index);
  expect(text).not.toContain('Seq Scan');
});
