/** What must hold of credit and jobs at every commit, read from one snapshot. */
import type { Database } from '../../kernel/db/index.js';

/** Law → how many rows break it. */
export async function brokenLaws(database: Database): Promise<Record<string, number>> {
  const [row] = await database.query<{ laws: Record<string, number> }>(`
    with sums as (
      select w.id, w.credit_balance, coalesce(sum(t.amount), 0) as sum
      from scanning.wallets w left join scanning.credit_transactions t on t.wallet_id = w.id group by w.id
    ), chain as (
      select balance_after - amount - coalesce(lag(balance_after) over (partition by wallet_id order by position), 0) as gap
      from scanning.credit_transactions
    ), jobs as (
      select j.*, coalesce(d.n, 0) as debits, coalesce(d.amount, 0) as debited, coalesce(r.n, 0) as refunds,
        coalesce(r.amount, 0) as refunded
      from scanning.scan_jobs j
      left join (select scan_job_id, count(*) n, sum(amount) amount from scanning.credit_transactions where type = 'DEBIT' group by 1) d
        on d.scan_job_id = j.id
      left join (select scan_job_id, count(*) n, sum(amount) amount from scanning.credit_transactions where type = 'REFUND' group by 1) r
        on r.scan_job_id = j.id
    ), told as (
      select entity_id, count(*) filter (where action = 'scanJobRequested') as requested,
        count(*) filter (where action in ('scanJobCompleted', 'scanJobFailed', 'scanJobTimedOut')) as ended
      from platform.events where entity_type = 'ScanJob' group by 1
    ), audited as (
      select entity_id, count(*) filter (where action = 'scanJobRequested') as requested
      from traceability.audit_log where resource_type = 'ScanJob' group by 1
    )
    select jsonb_build_object(
      'a balance is never negative', (select count(*) from sums where credit_balance < 0),
      'a balance is the sum of its transactions', (select count(*) from sums where credit_balance <> sum),
      'each transaction goes on from the one before', (select count(*) from chain where gap <> 0),
      'each job is charged once, its price', (select count(*) from jobs where debits <> 1 or debited <> -price),
      'a job is refunded at most once, its price', (select count(*) from jobs where refunds > 1 or refunds = 1 and refunded <> price),
      'refunded are the failed and timed out, and no others', (select count(*) from jobs
        where (state in ('FAILED', 'TIMED_OUT')) <> (refunds = 1) or (refunded_at is not null) <> (refunds = 1)),
      'each completed job has its result, and no other has one', (select count(*) from jobs
        where (state = 'COMPLETED') <> exists (select from scanning.scan_results r where r.job_id = jobs.id)),
      'each job was told once, and its end once', (select count(*) from jobs full join told on told.entity_id = 'ScanJob:' || jobs.id
        where told.requested is distinct from 1 or told.ended is distinct from
          (case when jobs.state in ('COMPLETED', 'FAILED', 'TIMED_OUT') then 1 else 0 end)),
      'each job has its audit entry', (select count(*) from jobs left join audited a on a.entity_id = 'ScanJob:' || jobs.id
        where a.requested is distinct from 1),
      'a known key has its job', (select count(*) from platform.idempotency_keys k where k.scope like '%/scanRequest'
        and not exists (select from scanning.scan_jobs j where j.id = (k.result ->> 'scanJob')::uuid and j.client_key = k.client_key
          and k.scope = j.user_id || '/scanRequest')),
      'a job with a key has that key known', (select count(*) from scanning.scan_jobs j where j.client_key is not null
        and not exists (select from platform.idempotency_keys k
          where k.scope = j.user_id || '/scanRequest' and k.client_key = j.client_key and k.result ->> 'scanJob' = j.id::text))
    ) as laws`);
  return Object.fromEntries(
    Object.entries(row?.laws ?? { 'the laws were read': 1 }).filter(([, broken]) => broken > 0),
  );
}

export async function countTransactions(database: Database): Promise<Record<string, number>> {
  const rows = await database.query<{ type: string; n: number }>(
    'select type, count(*) as n from scanning.credit_transactions group by type order by type',
  );
  return Object.fromEntries(rows.map(({ type, n }) => [type, n]));
}

/** Acknowledged requests (`account key job`) that are not in the database as they were acknowledged. */
export async function lostRequests(database: Database, acknowledged: Iterable<string>): Promise<string[]> {
  const rows = await database.query<{ line: string }>(
    "select user_id || ' ' || client_key || ' ' || id as line from scanning.scan_jobs where client_key is not null",
  );
  const stored = new Set(rows.map(({ line }) => line));
  return [...acknowledged].filter((line) => !stored.has(line));
}
