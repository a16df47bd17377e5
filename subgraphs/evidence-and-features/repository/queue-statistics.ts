/** The queue in figures, as one statement over what its indexes hold. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { JobType } from '../domain/job-states.js';

export interface QueueFigures {
  /** Null for all types together. */
  readonly jobType: JobType | null;
  readonly waiting: number;
  readonly delayed: number;
  readonly processing: number;
  readonly overdue: number;
  readonly failed: number;
  readonly oldestWaitingSeconds: number | null;
  readonly completedInWindow: number;
  readonly failedInWindow: number;
}

/** One row for each type that has jobs, and one for all. Finished jobs are only read as far as the window reaches back. */
export async function readQueueFigures(db: Queryable, windowSeconds: number): Promise<QueueFigures[]> {
  const rows = await db.query<{
    job_type: JobType | null;
    waiting: number;
    delayed: number;
    processing: number;
    overdue: number;
    failed: number;
    oldest_waiting_seconds: number | null;
    completed: number;
    failed_lately: number;
  }>(sql`/* evidence.processingQueue */
    select job_type,
      count(*) filter (where status = 'pending' and next_attempt_at <= now())::int4 as waiting,
      count(*) filter (where status = 'pending' and next_attempt_at > now())::int4 as delayed,
      count(*) filter (where status = 'processing')::int4 as processing,
      count(*) filter (where status = 'processing' and lease_expires_at <= now())::int4 as overdue,
      count(*) filter (where status = 'failed' and is_current)::int4 as failed,
      extract(epoch from now() - min(next_attempt_at) filter (where status = 'pending' and next_attempt_at <= now()))::float8
        as oldest_waiting_seconds,
      count(*) filter (where status = 'completed')::int4 as completed,
      count(*) filter (where status = 'failed' and not is_current)::int4 as failed_lately
    from (
      select job_type, status, next_attempt_at, lease_expires_at, true as is_current from evidence.processing_jobs
      where status in ('pending', 'processing', 'failed')
      union all
      select job_type, status, next_attempt_at, lease_expires_at, false from evidence.processing_jobs
      where completed_at > now() - make_interval(secs => ${windowSeconds}) and status in ('completed', 'failed')
    ) job
    group by grouping sets ((job_type), ())`);
  return rows.map((row) => ({
    jobType: row.job_type,
    waiting: row.waiting,
    delayed: row.delayed,
    processing: row.processing,
    overdue: row.overdue,
    failed: row.failed,
    oldestWaitingSeconds: row.oldest_waiting_seconds,
    completedInWindow: row.completed,
    failedInWindow: row.failed_lately,
  }));
}
