/** Claims and leases: one worker at a time has a job to itself, for as long as it says that it lives. */
import { write, type Writer, type Written, type WriteTransaction } from '../../../kernel/write/index.js';
import { assertLeaseSeconds, assertRange, claimLimit } from '../../domain/job-limits.js';
import { jobActions, type FileType, type JobHandler, type JobType } from '../../domain/job-states.js';
import { claimProcessingJobs, lostReason, updateLease, type TakenJob } from '../../repository/processing-jobs.js';
import { leaseIsOver, type Lease } from './report.js';

export interface ClaimInput {
  readonly jobTypes: readonly JobType[];
  readonly handler: JobHandler;
  readonly fileTypes: readonly FileType[] | null;
  readonly limit: number;
  readonly leaseSeconds: number;
}

/** A job that its worker has to itself. */
export interface Claim extends Lease {
  readonly jobType: JobType;
  readonly leaseExpiresAt: string;
  readonly documentId: string | null;
  readonly document: TakenJob['document'];
}

export function claimJobs(writer: Writer, input: ClaimInput): Promise<Written<{ claims: readonly Claim[] }>> {
  return write(writer, { operation: 'processingJobsClaim' }, async (tx) => {
    assertRange('limit', input.limit, { min: 1, max: claimLimit });
    assertLeaseSeconds(input.leaseSeconds);
    const worker = writer.auth.subject ?? 'anonymous';
    const taken = await claimProcessingJobs(tx, { ...input, worker });
    for (const job of taken) recordTaken(tx, job, worker);
    return { claims: taken.flatMap(toClaim) };
  });
}

function toClaim({ id, jobType, lease, documentId, document }: TakenJob): Claim[] {
  if (lease === null) return [];
  return [{ jobId: id, jobType, leaseToken: lease.token, leaseExpiresAt: lease.expiresAt, documentId, document }];
}

function recordTaken(tx: WriteTransaction, job: TakenJob, worker: string): void {
  const { jobType, documentId, retryCount, repository, lease } = job;
  const status = lease === null ? 'failed' : 'processing';
  tx.record({
    type: 'ProcessingJob',
    key: job.id,
    action: lease === null ? jobActions.failed : jobActions.claimed,
    details: { jobType, status, retryCount, ...(lease === null ? { reason: lostReason } : { worker }) },
    repository,
    payload: { documentId, jobType, status },
  });
  if (lease !== null || documentId === null) return;
  tx.record({
    type: 'Document',
    key: documentId,
    action: 'documentFailed',
    details: { reason: lostReason },
    repository,
  });
}

/** A sign of life is no change of the job: no audit entry, no event. */
export function heartbeat(
  writer: Writer,
  lease: Lease & { readonly leaseSeconds: number },
): Promise<Written<{ processingJob: string; leaseExpiresAt: string }>> {
  return write(writer, { operation: 'processingJobHeartbeat' }, async (tx) => {
    assertLeaseSeconds(lease.leaseSeconds);
    const leaseExpiresAt = await updateLease(tx, lease);
    if (leaseExpiresAt === null) throw leaseIsOver();
    return { processingJob: lease.jobId, leaseExpiresAt };
  });
}
