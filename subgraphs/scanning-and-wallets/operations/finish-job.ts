/** From the fetched page to the end of a job: analysed, completed, failed or timed out. */
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertAnalysis, assertText, isFinal, sanitizeHeaders, toMediaType, type Analysis } from '../domain/index.js';
import {
  insertScanResult,
  listOverdueScanJobs,
  lockScanJob,
  updateJobToAnalyzing,
  updateJobToEnd,
} from '../repository/index.js';
import {
  endAndRefund,
  lockForChange,
  recordJob,
  withCurrentJob,
  type LeasedChange,
  type Refunded,
} from './change-job.js';

export type JobPayload = Written<{ scanJob: string }>;

/** FETCHING → ANALYZING. Without `keepLease`, any analyser may claim the job. */
export async function handOnToAnalysis(
  writer: Writer,
  change: LeasedChange & { readonly keepLease: boolean },
): Promise<Written<{ scanJob: string; version: number }>> {
  const payload = await write(writer, { operation: 'scanJobAnalyze' }, async (tx) => {
    const job = await lockForChange(tx, change, 'ANALYZING');
    const version = await updateJobToAnalyzing(tx, job.id, change.keepLease);
    recordJob(tx, job, 'ANALYZING', version);
    return { scanJob: job.id, version };
  });
  return withCurrentJob(payload, change.jobId);
}

export interface Completion extends LeasedChange {
  readonly analysis: Analysis;
  readonly httpHeaders: Readonly<Record<string, unknown>>;
}

/** ANALYZING → COMPLETED, with the result. */
export async function completeJob(writer: Writer, completion: Completion): Promise<JobPayload> {
  const { analysis } = completion;
  const payload = await write(writer, { operation: 'scanJobComplete' }, async (tx) => {
    assertAnalysis(analysis);
    const job = await lockForChange(tx, completion, 'COMPLETED');
    await insertScanResult(tx, {
      jobId: job.id,
      riskScore: analysis.riskScore,
      categories: analysis.categories,
      contentHash: analysis.contentHash,
      httpStatus: analysis.httpStatus ?? null,
      httpHeaders: sanitizeHeaders(completion.httpHeaders),
      contentType: toMediaType(analysis.contentType),
      modelUsed: analysis.modelUsed,
      analysisMetadata: analysis.analysisMetadata ?? {},
      reasoning: analysis.reasoning ?? null,
      indicators: analysis.indicators,
    });
    const version = await updateJobToEnd(tx, {
      id: job.id,
      state: 'COMPLETED',
      failureReason: null,
      isRefunded: false,
    });
    recordJob(tx, job, 'COMPLETED', version);
    return { scanJob: job.id };
  });
  return withCurrentJob(payload, completion.jobId);
}

/** Any unfinished state → FAILED, with the refund. */
export async function failJob(
  writer: Writer,
  change: LeasedChange & { readonly reason: string },
): Promise<Written<Refunded>> {
  const payload = await write(writer, { operation: 'scanJobFail' }, async (tx) => {
    assertText('reason', change.reason, 1);
    const job = await lockForChange(tx, change, 'FAILED');
    return endAndRefund(tx, job, { state: 'FAILED', reason: change.reason, actor: writer.auth.subject ?? 'anonymous' });
  });
  return withCurrentJob(payload, change.jobId);
}

/**
 * Unfinished jobs past their deadline → TIMED_OUT, with the refund: one transaction each, so that wallets are never locked
 * together. Safe to run anywhere at any time; answers how many this call ended.
 */
export async function timeOutJobs(writer: Writer, limit: number): Promise<number> {
  let ended = 0;
  for (const id of await listOverdueScanJobs(writer.database, limit)) {
    const { timedOut } = await write(writer, { operation: 'scanJobsTimeOut' }, async (tx) => {
      const job = await lockScanJob(tx, id);
      // Finished by its worker or another sweep since it was listed.
      if (job === null || !job.isOverdue || isFinal(job.state)) return { timedOut: false };
      const reason = 'The deadline passed before there was a result.';
      await endAndRefund(tx, job, { state: 'TIMED_OUT', reason, actor: writer.auth.subject ?? 'anonymous' });
      return { timedOut: true };
    });
    if (timedOut === true) ended += 1;
  }
  return ended;
}
