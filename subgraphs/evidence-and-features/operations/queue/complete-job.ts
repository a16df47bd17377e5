/** Completion: what a job found, the job's end, the next job and the document's state, all or nothing. */
import { userError } from '../../../kernel/errors/index.js';
import { write, type Writer, type Written, type WriteTransaction } from '../../../kernel/write/index.js';
import type { DocumentReading } from '../../domain/document-reading.js';
import { assertEvidence } from '../../domain/extracted-evidence.js';
import { mostEvidence } from '../../domain/job-limits.js';
import { jobActions, nextJobType } from '../../domain/job-states.js';
import {
  hasUnembedded,
  insertEvidence,
  updateEmbeddings,
  type Embedding,
  type NewEvidence,
} from '../../repository/job-evidence.js';
import { updateReading } from '../../repository/documents.js';
import { updateJobToCompleted, type LockedJob } from '../../repository/processing-jobs.js';
import { lockForReport, type Lease } from './report.js';

export interface Completion extends Lease {
  /** Of an extraction, in the order of the document. */
  readonly evidence?: readonly NewEvidence[];
  /** Of an extraction: how the document was read. */
  readonly reading?: DocumentReading;
  /** Of an embedding: all that are still missing. */
  readonly embeddings?: readonly Embedding[];
  /** What else the work comes to, in the same transaction; it answers what the audit trail is to say of it. */
  readonly also?: (tx: WriteTransaction, job: LockedJob) => Promise<Readonly<Record<string, unknown>>>;
}

export type CompletionPayload = Written<{
  processingJob: string;
  nextProcessingJob: string | null;
  addedEvidenceCount: number;
}>;

export function completeJob(writer: Writer, completion: Completion): Promise<CompletionPayload> {
  return write(writer, { operation: 'processingJobComplete' }, async (tx) => {
    const { evidence = [], embeddings = [], reading, also } = completion;
    if (evidence.length > mostEvidence) {
      throw userError('VALIDATION', 'evidence', `A document may have ${mostEvidence} pieces of evidence at most.`);
    }
    assertEvidence(evidence);
    const job = await lockForReport(tx, completion, 'completed');
    assertBelongs(job, { evidence: evidence.length, embeddings: embeddings.length });
    const added = job.documentId === null ? {} : await insertEvidence(tx, job.documentId, evidence);
    if (reading !== undefined && job.documentId !== null) await updateReading(tx, job.documentId, reading);
    await addEmbeddings(tx, job, embeddings);
    if (job.jobType === 'embed' && job.documentId !== null && (await hasUnembedded(tx, job.documentId))) {
      const reason = 'Some evidence of the document still has no embedding.';
      throw userError('VALIDATION', 'embeddings', reason);
    }
    const details = (await also?.(tx, job)) ?? {};
    const next = await updateJobToCompleted(tx, job.id, job.documentId === null ? null : nextJobType[job.jobType]);
    recordCompletion(tx, job, next, {
      ...details,
      ...(evidence.length > 0 && { evidence: added }),
      ...(embeddings.length > 0 && { embeddings: embeddings.length }),
    });
    const addedEvidenceCount = Object.values(added).reduce((sum, count) => sum + count, 0);
    return { processingJob: job.id, nextProcessingJob: next, addedEvidenceCount };
  });
}

/** Part of an embedding's result, for documents with more evidence than goes into one request. The job goes on. */
export function storeEmbeddings(
  writer: Writer,
  { embeddings, ...lease }: Lease & { readonly embeddings: readonly Embedding[] },
): Promise<Written<{ processingJob: string }>> {
  return write(writer, { operation: 'processingJobEmbeddingsStore' }, async (tx) => {
    const job = await lockForReport(tx, lease, 'completed');
    assertBelongs(job, { evidence: 0, embeddings: embeddings.length });
    await addEmbeddings(tx, job, embeddings);
    tx.record({
      type: 'ProcessingJob',
      key: job.id,
      action: 'processingJobEmbeddingsStored',
      details: { embeddings: embeddings.length },
      event: false,
    });
    return { processingJob: job.id };
  });
}

function assertBelongs(job: LockedJob, given: { evidence: number; embeddings: number }): void {
  if (given.evidence > 0 && job.jobType !== 'extract') {
    throw userError('VALIDATION', 'evidence', `A job of type ${job.jobType} finds no evidence: only extract does.`);
  }
  if (given.embeddings > 0 && job.jobType !== 'embed') {
    throw userError('VALIDATION', 'embeddings', `A job of type ${job.jobType} makes no embeddings: only embed does.`);
  }
}

async function addEmbeddings(tx: WriteTransaction, job: LockedJob, embeddings: readonly Embedding[]): Promise<void> {
  if (job.documentId === null || embeddings.length === 0) return;
  const [stranger] = await updateEmbeddings(tx, job.documentId, embeddings);
  if (stranger === undefined) return;
  const index = embeddings.findIndex(({ evidenceId }) => evidenceId === stranger);
  const reason = 'The job’s document has no such evidence.';
  throw userError('NOT_FOUND', ['embeddings', String(index), 'evidenceId'], reason);
}

function recordCompletion(
  tx: WriteTransaction,
  job: LockedJob,
  next: string | null,
  details: Readonly<Record<string, unknown>>,
): void {
  const { documentId, jobType, repository } = job;
  tx.record({
    type: 'ProcessingJob',
    key: job.id,
    action: jobActions.completed,
    details: { jobType, status: ['processing', 'completed'], ...details },
    repository,
    payload: { documentId, jobType, status: 'completed' },
  });
  const nextType = nextJobType[jobType];
  if (next !== null) {
    tx.record({
      type: 'ProcessingJob',
      key: next,
      action: jobActions.queued,
      details: { jobType: nextType, status: [null, 'pending'] },
      repository,
      payload: { documentId, jobType: nextType, status: 'pending' },
    });
  }
  if (nextType !== null || documentId === null) return;
  tx.record({
    type: 'Document',
    key: documentId,
    action: 'documentCompleted',
    details: { status: ['processing', 'completed'] },
    repository,
  });
}
