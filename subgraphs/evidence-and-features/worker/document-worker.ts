/** The loop: claims as many jobs as it has hands for, works on them, and rests when there is nothing to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Embedder } from '../../kernel/embeddings/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { jobTypes } from '../domain/job-states.js';
import { claimJobs, type Claim } from '../queue/index.js';
import type { DocumentStore } from '../upload/index.js';
import { LeaseKeeper } from './lease-keeper.js';
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
  readonly #running = new Set<Promise<void>>();

  constructor(options: DocumentWorkerOptions) {
    this.#options = options;
    this.#settings = options.settings ?? defaultWorkerSettings;
  }

  /** Works until `signal` aborts, then lets the jobs under way finish. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#take();
      } catch (error) {
        this.#options.log.warn({ err: describeError(error) }, 'processing jobs could not be claimed');
      }
      await this.#rest(signal);
    }
    await Promise.all(this.#running);
  }

  /** Works off what is due now, and what follows from it. Answers how many jobs that were. */
  async drain(): Promise<number> {
    for (let total = 0; ;) {
      const taken = await this.#take();
      await Promise.all(this.#running);
      if (taken === 0) return total;
      total += taken;
    }
  }

  /** Until there may be something to do: a job has ended, or the poll is due. */
  async #rest(signal: AbortSignal): Promise<void> {
    const { concurrency, pollMs } = this.#settings;
    const isFull = this.#running.size >= concurrency;
    const stop = new AbortController();
    const poll = delay(pollMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).catch(() => undefined);
    await (isFull ? Promise.race(this.#running) : Promise.race([poll, ...this.#running]));
    stop.abort();
  }

  async #take(): Promise<number> {
    const { concurrency, leaseSeconds } = this.#settings;
    const limit = concurrency - this.#running.size;
    if (limit <= 0) return 0;
    const { claims = [] } = await claimJobs(this.#writer('document-claim'), {
      jobTypes,
      handler: 'built_in',
      fileTypes: null,
      limit,
      leaseSeconds,
    });
    for (const claim of claims) this.#start(claim);
    return claims.length;
  }

  #start(claim: Claim): void {
    const work = this.#work(claim)
      .catch((error: unknown) => {
        // Left to its lease: another try takes it up when that has run out.
        this.#options.log.warn({ err: describeError(error), processingJob: claim.jobId }, 'a processing job broke off');
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work(claim: Claim): Promise<void> {
    const writer = this.#writer(`document-${claim.jobId}`);
    const lease = new LeaseKeeper(writer, claim, this.#settings.leaseSeconds);
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
