/** The loop: claims as many jobs as its concurrency allows, works on them, and rests when there is nothing to do. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Embedder } from '../../kernel/embeddings/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import { LeaseKeeper, WorkLoop } from '../../kernel/worker/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { jobTypes } from '../domain/job-states.js';
import { claimJobs, heartbeat, type Claim } from '../operations/queue/index.js';
import type { DocumentStore } from '../upload/index.js';
import { performJob } from './perform-job.js';

export interface WorkerSettings {
  /** How long a job is a worker's alone without a sign of life. */
  readonly leaseSeconds: number;
  /** Jobs that one process works on at a time. */
  readonly concurrency: number;
  /** How often a worker without work looks for some. */
  readonly pollMs: number;
}

const defaultWorkerSettings: WorkerSettings = { leaseSeconds: 60, concurrency: 2, pollMs: 1_000 };

export interface DocumentWorkerOptions {
  readonly database: Database;
  readonly store: DocumentStore;
  readonly embedder: Embedder;
  readonly log: Pick<Logger, 'warn'>;
  readonly settings?: WorkerSettings;
  /** Subject under which it claims, shown as the jobs' worker. */
  readonly name?: string;
}

export class DocumentWorker {
  readonly #options: DocumentWorkerOptions;
  readonly #settings: WorkerSettings;
  readonly #loop: WorkLoop<Claim>;

  constructor(options: DocumentWorkerOptions) {
    const { settings = defaultWorkerSettings, log } = options;
    this.#options = options;
    this.#settings = settings;
    this.#loop = new WorkLoop({
      ...settings,
      take: (limit, start) => this.#take(limit, start),
      perform: (claim) => this.#perform(claim),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'processing jobs could not be claimed'),
      onBrokeOff: ({ jobId }, error) =>
        log.warn({ err: describeError(error), processingJob: jobId }, 'a processing job broke off'),
    });
  }

  /** Works until `signal` aborts, then lets the jobs under way finish. */
  run(signal: AbortSignal): Promise<void> {
    return this.#loop.run(signal);
  }

  /** Works off what is due now, and what follows from it. Answers how many jobs that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (claim: Claim) => void): Promise<void> {
    const { leaseSeconds } = this.#settings;
    const input = { jobTypes, handler: 'built_in', fileTypes: null, limit, leaseSeconds } as const;
    const { claims = [] } = await claimJobs(this.#writer('document-claim'), input);
    claims.forEach(start);
  }

  async #perform(claim: Claim): Promise<void> {
    const { jobId, leaseToken } = claim;
    const { leaseSeconds } = this.#settings;
    const writer = this.#writer(`document-${jobId}`);
    const lease = new LeaseKeeper(leaseSeconds, () => heartbeat(writer, { jobId, leaseToken, leaseSeconds }));
    try {
      await performJob({ ...this.#options, writer, signal: lease.signal }, claim);
    } finally {
      lease.stop();
    }
  }

  #writer(requestId: string): Writer {
    const auth = Identity.of({ subject: this.#options.name ?? 'document-worker', scopes: ['evidence:work'] });
    return { auth, requestId, database: this.#options.database };
  }
}
