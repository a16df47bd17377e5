/** Dead jobs put back by hand. */
import { userError } from '../../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../../kernel/write/index.js';
import { assertRange, retriedAtOnce } from '../../domain/job-limits.js';
import { jobActions } from '../../domain/job-states.js';
import { requeueFailedJobs } from '../../repository/processing-jobs.js';

export interface RetryInput {
  /** Null for all failed jobs, the longest failed first. */
  readonly ids: readonly string[] | null;
  readonly limit: number;
}

/** Jobs that were named are put back together or not at all. */
export function retryJobs(writer: Writer, { ids, limit }: RetryInput): Promise<Written<{ requeuedCount: number }>> {
  return write(writer, { operation: 'processingJobsRetry' }, async (tx) => {
    assertRange('limit', limit, { min: 1, max: retriedAtOnce });
    const named = ids === null ? null : [...new Set(ids)];
    if (named !== null) assertRange('processingJobIds', named.length, { min: 1, max: retriedAtOnce });
    const requeued = await requeueFailedJobs(tx, { ids: named, limit: named?.length ?? limit });
    const done = new Set(requeued.map(({ id }) => id));
    const left = ids?.findIndex((id) => !done.has(id)) ?? -1;
    if (left >= 0) {
      const reason = 'This is no failed job, or its document has another one that does the same.';
      throw userError('INVALID_TRANSITION', ['processingJobIds', String(left)], reason);
    }
    for (const { id, documentId, repository } of requeued) {
      tx.record({
        type: 'ProcessingJob',
        key: id,
        action: jobActions.requeued,
        details: { status: ['failed', 'pending'] },
        repository,
        payload: { documentId, status: 'pending' },
      });
    }
    return { requeuedCount: requeued.length };
  });
}
