/** Claims and leases: one worker at a time has a job to itself, for as long as it says that it lives. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { jobActions, type ClaimStage } from '../domain/index.js';
import { claimScanJobs, updateLease, type ClaimedJob } from '../repository/index.js';

export interface ClaimInput {
  readonly stage: ClaimStage;
  readonly limit: number;
  readonly leaseSeconds: number;
}

const maxClaims = 100;
const leaseRange = { min: 5, max: 3_600 };

export function claimJobs(writer: Writer, input: ClaimInput): Promise<Written<{ claims: readonly ClaimedJob[] }>> {
  return write(writer, { operation: 'scanJobsClaim' }, async (tx) => {
    const { stage, limit, leaseSeconds } = input;
    if (limit < 1 || limit > maxClaims) throw userError('VALIDATION', 'limit', `limit must be 1 to ${maxClaims}.`);
    assertLeaseSeconds(leaseSeconds);
    const worker = writer.auth.subject ?? 'anonymous';
    const claims = await claimScanJobs(tx, { stage, worker, leaseSeconds, limit });
    tx.record(
      ...claims.map((job) => ({
        type: 'ScanJob',
        key: job.id,
        action: stage === 'FETCHING' ? jobActions.FETCHING : 'scanJobAnalysisClaimed',
        details: { state: stage, version: job.version, worker },
        account: job.userId,
        payload: { state: stage, version: job.version },
      })),
    );
    return { claims };
  });
}

export interface HeartbeatInput {
  readonly jobId: string;
  readonly leaseToken: string;
  readonly leaseSeconds: number;
}

/** A sign of life is no change of the job: no version, no audit entry, no event. */
export function heartbeat(
  writer: Writer,
  input: HeartbeatInput,
): Promise<Written<{ scanJob: string; leaseExpiresAt: string }>> {
  return write(writer, { operation: 'scanJobHeartbeat' }, async (tx) => {
    assertLeaseSeconds(input.leaseSeconds);
    const leaseExpiresAt = await updateLease(tx, { id: input.jobId, ...input });
    if (leaseExpiresAt === null) {
      throw userError(
        'LEASE_EXPIRED',
        'leaseToken',
        'The lease on this job is over or belongs to another worker. Stop working on it.',
      );
    }
    return { scanJob: input.jobId, leaseExpiresAt };
  });
}

function assertLeaseSeconds(leaseSeconds: number): void {
  if (leaseSeconds >= leaseRange.min && leaseSeconds <= leaseRange.max) return;
  throw userError('VALIDATION', 'leaseSeconds', `leaseSeconds must be ${leaseRange.min} to ${leaseRange.max}.`);
}
