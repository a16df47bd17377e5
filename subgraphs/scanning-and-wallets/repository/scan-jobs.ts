/** Scan jobs after their request: claims, locks and changes of state. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { ClaimStage, JobState } from '../domain/index.js';

/** A job as a change of state needs it; locked. */
export interface LockedJob {
  readonly id: string;
  readonly userId: string;
  readonly url: string;
  readonly state: JobState;
  readonly version: number;
  readonly price: number;
  readonly leaseToken: string | null;
  readonly hasLiveLease: boolean;
  readonly isOverdue: boolean;
}

interface JobRow {
  readonly id: string;
  readonly user_id: string;
  readonly url: string;
  readonly state: JobState;
  readonly version: number;
  readonly price: number;
  readonly lease_token: string | null;
  readonly has_live_lease: boolean;
  readonly is_overdue: boolean;
}

export async function lockScanJob(tx: Transaction, id: string): Promise<LockedJob | null> {
  const [row] = await tx.query<JobRow>(sql`/* scanning.lockScanJob */
    select id, user_id, url, state, version, price, lease_token, coalesce(lease_expires_at > now(), false) as has_live_lease,
      coalesce(deadline_at <= now(), false) as is_overdue
    from scanning.scan_jobs where id = ${id}::uuid for no key update`);
  return row === undefined
    ? null
    : {
        id: row.id,
        userId: row.user_id,
        url: row.url,
        state: row.state,
        version: row.version,
        price: row.price,
        leaseToken: row.lease_token,
        hasLiveLease: row.has_live_lease,
        isOverdue: row.is_overdue,
      };
}

export interface ClaimRequest {
  readonly stage: ClaimStage;
  readonly worker: string;
  readonly leaseSeconds: number;
  readonly limit: number;
}

export interface ClaimedJob {
  readonly id: string;
  readonly userId: string;
  readonly url: string;
  readonly state: JobState;
  readonly version: number;
  readonly leaseToken: string;
  readonly leaseExpiresAt: string;
}

/**
 * Takes the oldest jobs that nobody works on: new ones, and those whose worker's lease has run out. Two branches, because
 * each has an index of its own and an `or` of them has none.
 */
export async function claimScanJobs(tx: Transaction, request: ClaimRequest): Promise<ClaimedJob[]> {
  const { stage, worker, leaseSeconds, limit } = request;
  const waiting = stage === 'FETCHING' ? sql`state = 'QUEUED'` : sql`state = 'ANALYZING' and lease_token is null`;
  const rows = await tx.query<{
    id: string;
    user_id: string;
    url: string;
    state: JobState;
    version: number;
    lease_token: string;
    lease_expires_at: string;
  }>(sql`/* scanning.claimScanJobs */
    with waiting as (
      select id, created_at from scanning.scan_jobs where ${waiting} and deadline_at > now()
      order by created_at, id limit ${limit} for no key update skip locked
    ), abandoned as (
      select id, created_at from scanning.scan_jobs
      where lease_token is not null and lease_expires_at <= now() and state = ${stage} and deadline_at > now()
      order by lease_expires_at limit ${limit} for no key update skip locked
    ), chosen as (
      select id from (table waiting union all table abandoned) candidate order by created_at, id limit ${limit}
    )
    update scanning.scan_jobs j set state = ${stage}, version = version + 1, worker = ${worker},
      lease_token = gen_random_uuid(), lease_expires_at = now() + make_interval(secs => ${leaseSeconds})
    from chosen where j.id = chosen.id
    returning j.id, j.user_id, j.url, j.state, j.version, j.lease_token, j.lease_expires_at`);
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    url: row.url,
    state: row.state,
    version: row.version,
    leaseToken: row.lease_token,
    leaseExpiresAt: row.lease_expires_at,
  }));
}

/** From FETCHING to ANALYZING. Without the lease, any analyser may claim the job. */
export async function updateJobToAnalyzing(tx: Transaction, id: string, keepsLease: boolean): Promise<number> {
  return versionOf(
    await tx.query(sql`/* scanning.updateJobToAnalyzing */
      update scanning.scan_jobs set state = 'ANALYZING', version = version + 1,
        lease_token = case when ${keepsLease} then lease_token end,
        lease_expires_at = case when ${keepsLease} then lease_expires_at end
      where id = ${id}::uuid returning version`),
  );
}

export interface Ending {
  readonly id: string;
  readonly state: Extract<JobState, 'COMPLETED' | 'FAILED' | 'TIMED_OUT'>;
  readonly failureReason: string | null;
  readonly isRefunded: boolean;
}

/** Into a final state; the lease ends with it. */
export async function updateJobToEnd(tx: Transaction, ending: Ending): Promise<number> {
  const { id, state, failureReason, isRefunded } = ending;
  return versionOf(
    await tx.query(sql`/* scanning.updateJobToEnd */
      update scanning.scan_jobs set state = ${state}, version = version + 1, failure_reason = ${failureReason},
        completed_at = now(), refunded_at = case when ${isRefunded} then now() end, lease_token = null, lease_expires_at = null
      where id = ${id}::uuid returning version`),
  );
}

/** Lengthens a lease, as long as it is alive. Answers its new end, or null when it is not. */
export async function updateLease(
  db: Queryable,
  lease: { readonly id: string; readonly leaseToken: string; readonly leaseSeconds: number },
): Promise<string | null> {
  const [row] = await db.query<{ lease_expires_at: string }>(sql`/* scanning.updateLease */
    update scanning.scan_jobs set lease_expires_at = now() + make_interval(secs => ${lease.leaseSeconds})
    where id = ${lease.id}::uuid and lease_token = ${lease.leaseToken}::uuid and lease_expires_at > now()
    returning lease_expires_at`);
  return row?.lease_expires_at ?? null;
}

/** Unfinished jobs past their deadline, the longest overdue first. */
export async function listOverdueScanJobs(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* scanning.listOverdueScanJobs */
    select id from scanning.scan_jobs where state in ('QUEUED', 'FETCHING', 'ANALYZING') and deadline_at <= now()
    order by deadline_at limit ${limit}`);
  return rows.map((row) => row.id);
}

function versionOf(rows: readonly object[]): number {
  return (rows[0] as { version: number } | undefined)?.version ?? 0;
}
