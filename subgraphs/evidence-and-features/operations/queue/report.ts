/** What every report on a job has in common: the lock, and the checks in their order. */
import { userError, type UserErrors } from '../../../kernel/errors/index.js';
import { assertTransition, type WriteTransaction } from '../../../kernel/write/index.js';
import { jobTransitions, type JobStatus } from '../../domain/job-states.js';
import { lockProcessingJob, type LockedJob } from '../../repository/processing-jobs.js';

export interface Lease {
  readonly jobId: string;
  readonly leaseToken: string;
}

/**
 * Locks the job for its worker's report. Throws NOT_FOUND; INVALID_TRANSITION when the job is over, as for a report that comes
 * twice; LEASE_EXPIRED when the lease is, or is another's.
 */
export async function lockForReport(tx: WriteTransaction, lease: Lease, to: JobStatus): Promise<LockedJob> {
  const job = await lockProcessingJob(tx, lease.jobId);
  if (job === null) throw userError('NOT_FOUND', 'processingJobId', 'There is no such job.');
  if (job.status === 'completed' || job.status === 'failed') {
    assertTransition({ transitions: jobTransitions, from: job.status, to, field: 'processingJobId' });
  }
  if (job.leaseToken !== lease.leaseToken.toLowerCase() || !job.hasLiveLease) throw leaseIsOver();
  return job;
}

export function leaseIsOver(): UserErrors {
  return userError(
    'LEASE_EXPIRED',
    'leaseToken',
    'The lease on this job is over or belongs to another worker. Stop working on it.',
  );
}
