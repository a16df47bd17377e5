/** One job from its claim to its report. */
import { createHash } from 'node:crypto';
import type { Database } from '../../kernel/db/index.js';
import { EmbeddingFailure, wordsAlone, type Embedder } from '../../kernel/embeddings/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { toReading } from '../domain/document-reading.js';
import { ExtractionError } from '../domain/extracted-evidence.js';
import { extractApart } from '../extraction/apart.js';
import { isTextType, longestFile } from '../extraction/index.js';
import { completeJob, failJob, storeEmbeddings, type Claim, type Completion } from '../operations/queue/index.js';
import { listUnembedded, type Embedding } from '../repository/job-evidence.js';
import { dimensions } from '../repository/search.js';
import type { DocumentStore } from '../upload/index.js';
import { inferFeatures } from './infer.js';
import { storeInference } from './store-inference.js';

export interface JobDoors {
  readonly database: Database;
  readonly store: DocumentStore;
  readonly embedder: Embedder;
  readonly log: Pick<Logger, 'warn'>;
  readonly writer: Writer;
  /** Aborts when the lease was lost: the work is another's by then. */
  readonly signal: AbortSignal;
}

type Found = Omit<Completion, 'jobId' | 'leaseToken'>;

/** Reports a failure that another try may mend, or that none will: also when what was found can't be stored. Throws what can't be reported. */
export async function performJob(dependencies: JobDoors, claim: Claim): Promise<void> {
  const { jobId, leaseToken } = claim;
  try {
    const found = await work(dependencies, claim);
    const { userErrors } = await completeJob(dependencies.writer, { jobId, leaseToken, ...found });
    const [refused] = userErrors;
    // Any other refusal says that the job is another's by now, or over: then there is nothing to report, and nothing was stored.
    if (refused?.code === 'VALIDATION') throw new ExtractionError(refused.message);
  } catch (error) {
    if (dependencies.signal.aborted) return;
    await failJob(dependencies.writer, { jobId, leaseToken, ...toFailure(dependencies, claim, error) });
  }
}

function work(dependencies: JobDoors, claim: Claim): Promise<Found> | Found {
  switch (claim.jobType) {
    case 'extract':
      return extract(dependencies, claim);
    case 'embed':
      return embed(dependencies, claim);
    case 'infer':
      return infer(dependencies, claim);
  }
}

async function extract({ database, store, signal }: JobDoors, { document }: Claim): Promise<Found> {
  if (document === null) throw new ExtractionError('The job has no document.');
  const { filename, filePath, fileType, fileHash } = document;
  if (!isTextType(fileType)) throw new ExtractionError(`A worker from outside is needed for ${fileType}.`);
  const bytes = await store.read(database, filePath, longestFile);
  if (bytes === null)
    throw new ExtractionError('The file is not in the store, or is larger than what is read of its type.');
  // A path can be registered by anybody: only who knows the bytes knows their hash.
  if (createHash('sha256').update(bytes).digest('hex') !== fileHash) {
    throw new ExtractionError('The file in the store is another than was registered: its hash differs.');
  }
  const extraction = await extractApart({ type: fileType, filename, bytes }, signal);
  return { evidence: extraction.evidence, reading: toReading(extraction) };
}

/** Texts that are embedded at once. Each batch but the last is stored by itself, so that a lost lease loses little. */
const batchSize = 64;

async function embed({ database, embedder, writer, signal }: JobDoors, claim: Claim): Promise<Found> {
  const { documentId, jobId, leaseToken } = claim;
  if (documentId === null) return {};
  for (;;) {
    const waiting = await listUnembedded(database, documentId, batchSize);
    signal.throwIfAborted();
    const vectors = await embedder.embed(
      waiting.map(({ content }) => content),
      dimensions,
    );
    const embeddings = waiting.flatMap(({ id }, index): Embedding[] => {
      const vector = vectors[index];
      return vector === undefined ? [] : [{ evidenceId: id, vector }];
    });
    if (waiting.length < batchSize) return { embeddings };
    const { userErrors } = await storeEmbeddings(writer, { jobId, leaseToken, embeddings });
    if (userErrors.length > 0) throw new Error(`embeddings could not be stored: ${userErrors[0]?.message ?? ''}`);
  }
}

async function infer({ database, writer, embedder }: JobDoors, { documentId }: Claim): Promise<Found> {
  if (documentId === null) return {};
  const proposals = await inferFeatures(database, documentId, embedder.model !== wordsAlone);
  const actor = writer.auth.subject ?? 'anonymous';
  return { also: (tx) => storeInference(tx, proposals, actor) };
}

interface Reported {
  readonly reason: string;
  readonly isPermanent: boolean;
  readonly retryAfterSeconds: number | null;
}

/** What people read is written for them; the rest is in the log. */
function toFailure({ log }: JobDoors, { jobId, jobType }: Claim, error: unknown): Reported {
  if (error instanceof ExtractionError) return { reason: error.message, isPermanent: true, retryAfterSeconds: null };
  log.warn({ err: describeError(error), processingJob: jobId }, `a job of type ${jobType} failed`);
  if (error instanceof EmbeddingFailure) {
    const retryAfterSeconds = Math.min(86_400, Math.ceil(error.retryAfterMs / 1_000));
    return { reason: error.message, isPermanent: false, retryAfterSeconds };
  }
  return { reason: 'The worker failed; its log says why.', isPermanent: false, retryAfterSeconds: null };
}
