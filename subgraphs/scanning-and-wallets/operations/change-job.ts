/** What every change of a job's state has in common: the lock, the checks in their order, and the record. */
import { userError } from '../../kernel/errors/index.js';
import { assertTransition, assertVersion, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { jobActions, jobTransitions, maxBalance, type JobState, type RefundedState } from '../domain/index.js';
import { bookCredit, lockScanJob, updateJobToEnd, type LockedJob } from '../repository/index.js';

export interface LeasedChange {
  readonly jobId: string;
  readonly expectedVersion: number;
  /** Null for an administrator, who needs no lease. */
  readonly leaseToken: string | null;
}

/**
 * Locks the job for a change to `to`. Throws NOT_FOUND, CONFLICT with the current version, INVALID_TRANSITION, and
 * LEASE_EXPIRED when the lease is over or another's.
 */
export async function lockForChange(tx: WriteTransaction, change: LeasedChange, to: JobState): Promise<LockedJob> {
  const job = await lockScanJob(tx, change.jobId);
  if (job === null) throw notFound();
  assertVersion({ expected: change.expectedVersion, current: job.version });
  assertTransition({ transitions: jobTransitions, from: job.state, to });
  if (change.leaseToken !== null) assertLease(job, change.leaseToken);
  return job;
}

export function assertLease(job: LockedJob, leaseToken: string): void {
  if (job.leaseToken === leaseToken.toLowerCase() && job.hasLiveLease) return;
  throw userError(
    'LEASE_EXPIRED',
    'leaseToken',
    'The lease on this job is over or belongs to another worker. Stop working on it.',
  );
}

export function notFound() {
  return userError('NOT_FOUND', 'scanJobId', 'There is no such job.');
}

export function recordJob(tx: WriteTransaction, job: LockedJob, to: JobState, version: number): void {
  tx.record({
    type: 'ScanJob',
    key: job.id,
    action: jobActions[to],
    details: { state: [job.state, to], version: [job.version, version] },
    account: job.userId,
    payload: { state: to, version },
  });
}

export interface Refunded {
  readonly scanJob: string;
  /** Null when there was nothing to give back. */
  readonly wallet: string | null;
}

/** Ends a locked job without a result and gives its price back; the final state and a unique key keep it to once. */
export async function endAndRefund(
  tx: WriteTransaction,
  job: LockedJob,
  end: { readonly state: RefundedState; readonly reason: string; readonly actor: string },
): Promise<Refunded> {
  const isRefunded = job.price > 0;
  const version = await updateJobToEnd(tx, { id: job.id, state: end.state, failureReason: end.reason, isRefunded });
  recordJob(tx, job, end.state, version);
  if (!isRefunded) return { scanJob: job.id, wallet: null };
  const booking = {
    userId: job.userId,
    type: 'REFUND',
    amount: job.price,
    reason: end.state === 'TIMED_OUT' ? 'scan timed out' : 'scan failed',
    actor: end.actor,
    scanJobId: job.id,
    reference: null,
  } as const;
  // A refund returns what the wallet held: it may pass the limit that grants have.
  const booked = await bookCredit(tx, booking, maxBalance * 2);
  if (booked === null) throw new Error(`the wallet of ${job.userId} could not take back ${job.price} credits`);
  tx.record({
    type: 'Wallet',
    key: booked.walletId,
    action: 'walletRefunded',
    details: { amount: job.price, balanceAfter: booked.balanceAfter, scanJob: job.id },
    account: job.userId,
    payload: { amount: job.price, balanceAfter: booked.balanceAfter },
  });
  return { scanJob: job.id, wallet: booked.walletId };
}

/** On a CONFLICT the payload shows the job as it is now, with the version to go on from. */
export function withCurrentJob<Payload extends { scanJob: string }>(
  payload: Written<Payload>,
  jobId: string,
): Written<Payload> {
  return payload.userErrors.some((error) => error.code === 'CONFLICT') ? { ...payload, scanJob: jobId } : payload;
}
