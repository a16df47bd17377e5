/** A try that failed: back into the queue for later, or, with no tries left, to the end of the job. */
import { randomInt } from 'node:crypto';
import { write, type Writer, type Written } from '../../../kernel/write/index.js';
import { assertRange, assertText, longestErrorMessage } from '../../domain/job-limits.js';
import { backOffSeconds, jobActions } from '../../domain/job-states.js';
import { updateJobToFailed } from '../../repository/processing-jobs.js';
import { lockForReport, type Lease } from './report.js';

export interface Failure extends Lease {
  /** Shown to whoever looks at the job: without secrets, and in words that help. */
  readonly reason: string;
  /** True when another try would end the same. */
  readonly isPermanent: boolean;
  /** A provider's own wish; the next try comes no sooner. */
  readonly retryAfterSeconds: number | null;
}

export function failJob(writer: Writer, failure: Failure): Promise<Written<{ processingJob: string }>> {
  return write(writer, { operation: 'processingJobFail' }, async (tx) => {
    const { reason } = failure;
    assertText('reason', reason, longestErrorMessage);
    const atLeast = failure.retryAfterSeconds ?? 0;
    assertRange('retryAfterSeconds', atLeast, { min: 0, max: 86_400 });
    const job = await lockForReport(tx, failure, 'failed');
    const isOver = failure.isPermanent || job.retryCount >= job.maxRetries;
    const chance = randomInt(1_000) / 1_000;
    const retryAfterSeconds = isOver ? null : backOffSeconds({ retryCount: job.retryCount, chance, atLeast });
    await updateJobToFailed(tx, { id: job.id, reason, retryAfterSeconds });
    const { documentId, jobType, repository } = job;
    const status = isOver ? 'failed' : 'pending';
    tx.record({
      type: 'ProcessingJob',
      key: job.id,
      action: isOver ? jobActions.failed : jobActions.delayed,
      details: { jobType, status: ['processing', status], reason, retryAfterSeconds },
      repository,
      payload: { documentId, jobType, status },
    });
    if (isOver && documentId !== null) {
      const details = { status: ['processing', 'failed'], reason };
      tx.record({ type: 'Document', key: documentId, action: 'documentFailed', details, repository });
    }
    return { processingJob: job.id };
  });
}
