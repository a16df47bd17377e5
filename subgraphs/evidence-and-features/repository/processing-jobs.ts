/** The queue: claims, leases, and what becomes of a job. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { FileType, JobHandler, JobStatus, JobType } from '../domain/job-states.js';

/** A job as a report on it needs it; locked. */
export interface LockedJob {
  readonly id: string;
  readonly documentId: string | null;
  readonly jobType: JobType;
  readonly status: JobStatus;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly leaseToken: string | null;
  readonly hasLiveLease: boolean;
  readonly repository: string | null;
}

export async function lockProcessingJob(tx: Transaction, id: string): Promise<LockedJob | null> {
  const [row] = await tx.query<{
    id: string;
    document_id: string | null;
    job_type: JobType;
    status: JobStatus;
    retry_count: number;
    max_retries: number;
    lease_token: string | null;
    has_live_lease: boolean;
    repository: string | null;
  }>(sql`/* evidence.lockProcessingJob */
    select id, document_id, job_type, status, retry_count, max_retries, lease_token,
      coalesce(lease_expires_at > now(), false) as has_live_lease,
      (select d.repository_full_name from evidence.documents d where d.id = document_id) as repository
    from evidence.processing_jobs where id = ${id}::uuid for no key update`);
  return row === undefined
    ? null
    : {
        id: row.id,
        documentId: row.document_id,
        jobType: row.job_type,
        status: row.status,
        retryCount: row.retry_count,
        maxRetries: row.max_retries,
        leaseToken: row.lease_token,
        hasLiveLease: row.has_live_lease,
        repository: row.repository,
      };
}

export interface ClaimRequest {
  readonly jobTypes: readonly JobType[];
  readonly handler: JobHandler;
  /** Null takes documents of every type. */
  readonly fileTypes: readonly FileType[] | null;
  readonly worker: string;
  readonly leaseSeconds: number;
  /** A whole number that was checked: it becomes part of the statement's text, which is planned once that way. */
  readonly limit: number;
}

export interface TakenJob {
  readonly id: string;
  readonly jobType: JobType;
  readonly documentId: string | null;
  readonly retryCount: number;
  /** Null for a job that was lost by its worker once too often: it has failed, and nobody has it. */
  readonly lease: { readonly token: string; readonly expiresAt: string } | null;
  readonly document: {
    readonly filename: string;
    readonly filePath: string;
    readonly fileType: FileType;
    readonly fileHash: string;
  } | null;
  readonly repository: string | null;
}

interface TakenRow {
  readonly id: string;
  readonly job_type: JobType;
  readonly document_id: string | null;
  readonly retry_count: number;
  readonly lease_token: string | null;
  readonly lease_expires_at: string | null;
  readonly filename: string | null;
  readonly file_path: string | null;
  readonly file_type: FileType | null;
  readonly file_hash: string | null;
  readonly repository_full_name: string | null;
}

/** Why a job failed that no worker ever reported on. */
export const lostReason = 'Its worker was lost: the lease ran out without a report.';

/**
 * Takes first the jobs whose worker's lease has run out, which costs them a try, and then those that have been due for longest:
 * a lost job has had its turn, and behind a long queue it would be lost for as long. Two branches, because each has an index of
 * its own and an `or` of them has none. Documents follow in the same statement.
 */
export async function claimProcessingJobs(tx: Transaction, request: ClaimRequest): Promise<TakenJob[]> {
  const { jobTypes, handler, fileTypes, worker, leaseSeconds } = request;
  const limit = sql.raw(String(request.limit));
  const ofTypes =
    fileTypes === null
      ? sql``
      : sql`and exists (select from evidence.documents d where d.id = job.document_id and d.file_type = any(${fileTypes}::text[]))`;
  const rows = await tx.query<TakenRow>(sql`/* evidence.claimProcessingJobs */
    with waiting as (
      select due.id, due.next_attempt_at
      from unnest(${jobTypes}::text[]) wanted (job_type) cross join lateral (
        select job.id, job.next_attempt_at from evidence.processing_jobs job
        where job.status = 'pending' and job.handler = ${handler} and job.job_type = wanted.job_type
          and job.next_attempt_at <= now() ${ofTypes}
        order by job.next_attempt_at, job.id limit ${limit} for no key update skip locked
      ) due
    ), lost as (
      select job.id, job.lease_expires_at, job.retry_count >= job.max_retries as is_over from evidence.processing_jobs job
      where job.status = 'processing' and job.lease_expires_at <= now() and job.handler = ${handler}
        and job.job_type = any(${jobTypes}::text[]) ${ofTypes}
      order by job.lease_expires_at limit ${limit} for no key update skip locked
    ), chosen as (
      select * from (
        select id, next_attempt_at as due, false as is_lost, false as is_over from waiting
        union all select id, lease_expires_at, true, is_over from lost
      ) candidate order by is_lost desc, due, id limit ${limit}
    ), taken as (
      update evidence.processing_jobs job set
        status = case when is_over then 'failed' else 'processing' end,
        retry_count = retry_count + case when is_lost and not is_over then 1 else 0 end,
        error_message = case when is_lost then ${lostReason} else error_message end,
        worker = case when is_over then worker else ${worker} end,
        lease_token = case when is_over then null else gen_random_uuid() end,
        lease_expires_at = case when is_over then null else now() + make_interval(secs => ${leaseSeconds}) end,
        heartbeat_at = null,
        started_at = case when is_over then started_at else now() end,
        completed_at = case when is_over then now() end
      from chosen where job.id = chosen.id
      returning job.id, job.job_type, job.document_id, job.status, job.retry_count, job.lease_token, job.lease_expires_at
    ), followed as (
      update evidence.documents document set status = taken.status,
        error_message = case when taken.status = 'failed' then ${lostReason} end,
        processed_at = case when taken.status = 'failed' then now() end
      from taken where document.id = taken.document_id and document.status <> taken.status
    )
    select taken.*, filename, file_path, file_type, file_hash, repository_full_name
    from taken left join evidence.documents document on document.id = taken.document_id`);
  return rows.map(toTaken);
}

function toTaken(row: TakenRow): TakenJob {
  const { filename, file_path: filePath, file_type: fileType, file_hash: fileHash } = row;
  return {
    id: row.id,
    jobType: row.job_type,
    documentId: row.document_id,
    retryCount: row.retry_count,
    lease:
      row.lease_token === null || row.lease_expires_at === null
        ? null
        : { token: row.lease_token, expiresAt: row.lease_expires_at },
    document:
      filename === null || filePath === null || fileType === null || fileHash === null
        ? null
        : { filename, filePath, fileType, fileHash },
    repository: row.repository_full_name,
  };
}

/** Lengthens a lease, as long as it is alive. Answers its new end, or null when it is not. */
export async function updateLease(
  db: Queryable,
  lease: { readonly jobId: string; readonly leaseToken: string; readonly leaseSeconds: number },
): Promise<string | null> {
  const [row] = await db.query<{ lease_expires_at: string }>(sql`/* evidence.updateLease */
    update evidence.processing_jobs
    set lease_expires_at = now() + make_interval(secs => ${lease.leaseSeconds}), heartbeat_at = now()
    where id = ${lease.jobId}::uuid and lease_token = ${lease.leaseToken}::uuid and lease_expires_at > now()
    returning lease_expires_at`);
  return row?.lease_expires_at ?? null;
}

/** Completes a job, queues the next one, or ends the document's processing when there is none. Answers the next job's id. */
export async function updateJobToCompleted(tx: Transaction, id: string, next: JobType | null): Promise<string | null> {
  const [row] = await tx.query<{ next_id: string | null }>(sql`/* evidence.updateJobToCompleted */
    with done as (
      update evidence.processing_jobs set status = 'completed', completed_at = now(), lease_token = null, lease_expires_at = null
      where id = ${id}::uuid returning document_id, max_retries
    ), queued as (
      insert into evidence.processing_jobs (document_id, job_type, max_retries)
      select document_id, ${next}::text, max_retries from done where ${next}::text is not null
      on conflict (document_id, job_type) where status in ('pending', 'processing') do nothing
      returning id
    ), followed as (
      update evidence.documents document set status = 'completed', processed_at = now(), error_message = null
      from done where document.id = done.document_id and ${next}::text is null
    )
    select (select id from queued) as next_id`);
  return row?.next_id ?? null;
}

export interface FailedTry {
  readonly id: string;
  readonly reason: string;
  /** Seconds until the next try; null when there is none. */
  readonly retryAfterSeconds: number | null;
}

/** Back into the queue for another try, or to its end with the document. */
export async function updateJobToFailed(tx: Transaction, { id, reason, retryAfterSeconds }: FailedTry): Promise<void> {
  const isOver = retryAfterSeconds === null;
  await tx.query(sql`/* evidence.updateJobToFailed */
    with tried as (
      update evidence.processing_jobs set
        status = case when ${isOver} then 'failed' else 'pending' end,
        retry_count = retry_count + case when ${isOver} then 0 else 1 end,
        next_attempt_at = now() + make_interval(secs => ${retryAfterSeconds ?? 0}),
        completed_at = case when ${isOver} then now() end,
        error_message = ${reason}, lease_token = null, lease_expires_at = null
      where id = ${id}::uuid returning document_id
    )
    update evidence.documents document set status = 'failed', processed_at = now(), error_message = ${reason}
    from tried where document.id = tried.document_id and ${isOver}`);
}

export interface RequeuedJob {
  readonly id: string;
  readonly documentId: string | null;
  readonly repository: string | null;
}

/**
 * Failed jobs back into the queue with all their tries, the longest failed first. Left alone is a job whose document has an
 * unfinished one of the same type: it does the same work.
 */
export async function requeueFailedJobs(
  tx: Transaction,
  which: { readonly ids: readonly string[] | null; readonly limit: number },
): Promise<RequeuedJob[]> {
  const chosen = which.ids === null ? sql`` : sql`and job.id = any(${which.ids}::uuid[])`;
  const rows = await tx.query<{
    id: string;
    document_id: string | null;
    repository: string | null;
  }>(sql`/* evidence.requeueFailedJobs */
    with failed as (
      select distinct on (job.document_id, job.job_type) job.id from evidence.processing_jobs job
      where job.status = 'failed' ${chosen} and not exists (select from evidence.processing_jobs other
        where other.document_id = job.document_id and other.job_type = job.job_type and other.status in ('pending', 'processing'))
      order by job.document_id, job.job_type, job.completed_at
    ), locked as (
      select job.id from evidence.processing_jobs job where job.id in (select id from failed) and job.status = 'failed'
      order by job.completed_at, job.id limit ${which.limit} for no key update skip locked
    ), requeued as (
      update evidence.processing_jobs job set status = 'pending', retry_count = 0, next_attempt_at = now(), completed_at = null
      from locked where job.id = locked.id returning job.id, job.document_id
    ), followed as (
      update evidence.documents document set status = 'processing', processed_at = null, error_message = null
      from requeued where document.id = requeued.document_id
    )
    select requeued.id, document_id, repository_full_name as repository
    from requeued left join evidence.documents document on document.id = document_id`);
  return rows.map((row) => ({ id: row.id, documentId: row.document_id, repository: row.repository }));
}
