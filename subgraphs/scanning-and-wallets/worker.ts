/** The worker behind `weft worker --scans`: claims jobs, scans their pages, hands in results, and times out what is overdue. */
import { setTimeout as delay } from 'node:timers/promises';
import { Identity } from '../kernel/auth/index.js';
import type { Database } from '../kernel/db/index.js';
import { describeError, type Logger } from '../kernel/log/index.js';
import type { Writer } from '../kernel/write/index.js';
import {
  claimJobs,
  completeJob,
  failJob,
  handOnToAnalysis,
  heartbeat,
  recordAccess,
  timeOutJobs,
} from './operations/index.js';
import type { ClaimedJob } from './repository/index.js';
import { createResolver, ScanFailure, scanPage, type Dial, type Resolve, type ScannedPage } from './scanner/index.js';
import type { ScanSettings } from './settings.js';

export interface ScanWorkerOptions {
  readonly database: Database;
  readonly settings: ScanSettings;
  readonly log: Pick<Logger, 'warn'>;
  /** Subject under which it claims, shown as the jobs' worker. */
  readonly name?: string;
  /** Instead of the resolution that the settings describe. */
  readonly resolve?: Resolve;
  /** Where connections really go, for tests. */
  readonly dial?: Dial;
}

/** Jobs timed out with one look. */
const sweepLimit = 100;

export class ScanWorker {
  readonly #options: ScanWorkerOptions;
  readonly #resolve: Resolve;
  readonly #name: string;
  readonly #running = new Set<Promise<void>>();

  constructor(options: ScanWorkerOptions) {
    this.#options = options;
    const { dnsServers, accessTimeoutMs } = options.settings;
    this.#resolve = options.resolve ?? createResolver({ servers: dnsServers, timeoutMs: accessTimeoutMs });
    this.#name = options.name ?? 'scan-worker';
  }

  /** Works until `signal` aborts, then lets the jobs under way finish. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await timeOutJobs(this.#writer('scan-sweep'), sweepLimit);
        await this.#take();
      } catch (error) {
        this.#options.log.warn({ err: describeError(error) }, 'scan jobs could not be claimed');
      }
      await this.#rest(signal);
    }
    await Promise.all(this.#running);
  }

  /** Works off what is waiting now. Answers how many jobs that were. */
  async drain(): Promise<number> {
    await timeOutJobs(this.#writer('scan-sweep'), sweepLimit);
    for (let total = 0; ;) {
      const taken = await this.#take();
      await Promise.all(this.#running);
      if (taken === 0) return total;
      total += taken;
    }
  }

  /** Until there may be something to do: a slot has come free, or the poll is due. */
  async #rest(signal: AbortSignal): Promise<void> {
    const { concurrency, pollMs } = this.#options.settings;
    const isFull = this.#running.size >= concurrency;
    const stop = new AbortController();
    const poll = delay(pollMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).catch(() => undefined);
    await (isFull ? Promise.race(this.#running) : Promise.race([poll, ...this.#running]));
    stop.abort();
  }

  async #take(): Promise<number> {
    const { concurrency, analyser } = this.#options.settings;
    // With an outside analyser, fetched jobs are not this worker's to take.
    const stages = analyser === 'rules' ? (['FETCHING', 'ANALYZING'] as const) : (['FETCHING'] as const);
    let taken = 0;
    for (const stage of stages) {
      const limit = concurrency - this.#running.size;
      if (limit <= 0) break;
      const { leaseSeconds } = this.#options.settings;
      const { claims = [] } = await claimJobs(this.#writer('scan-claim'), { stage, limit, leaseSeconds });
      for (const job of claims) this.#start(job);
      taken += claims.length;
    }
    return taken;
  }

  #start(job: ClaimedJob): void {
    const work = this.#work(job)
      .catch((error: unknown) => {
        // Left to its lease: another worker takes it up, and its deadline ends it at last.
        this.#options.log.warn({ err: describeError(error), scanJob: job.id }, 'a scan broke off');
      })
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work(job: ClaimedJob): Promise<void> {
    const writer = this.#writer(`scan-${job.id}`);
    const lease = new LeaseKeeper(writer, job, this.#options.settings.leaseSeconds);
    try {
      const page = await this.#scan(job, writer, lease.signal);
      await this.#handIn(job, writer, page);
    } catch (error) {
      if (!(error instanceof ScanFailure)) throw error;
      const { id: jobId, leaseToken, version: expectedVersion } = job;
      await failJob(writer, { jobId, leaseToken, expectedVersion, reason: error.message });
    } finally {
      lease.stop();
    }
  }

  #scan(job: ClaimedJob, writer: Writer, signal: AbortSignal): Promise<ScannedPage> {
    const { settings, dial } = this.#options;
    return scanPage(job.url, { ...settings, resolve: this.#resolve, signal, dial }, async (access) => {
      const { userErrors } = await recordAccess(writer, { jobId: job.id, leaseToken: job.leaseToken, ...access });
      const [refused] = userErrors;
      if (refused !== undefined) throw new Error(`the access could not be logged: ${refused.code}`);
    });
  }

  async #handIn(job: ClaimedJob, writer: Writer, page: ScannedPage): Promise<void> {
    const { id: jobId, leaseToken } = job;
    const isOutside = this.#options.settings.analyser === 'outside';
    let expectedVersion = job.version;
    if (job.state === 'FETCHING') {
      const handed = await handOnToAnalysis(writer, { jobId, leaseToken, expectedVersion, keepLease: !isOutside });
      // Another worker has it by now, or its deadline ended it: nothing to hand in.
      if (handed.version === undefined || isOutside) return;
      expectedVersion = handed.version;
    }
    const { assessment, httpHeaders, contentHash, httpStatus, contentType } = page;
    const analysis = { ...assessment, contentHash, httpStatus, contentType };
    await completeJob(writer, { jobId, leaseToken, expectedVersion, analysis, httpHeaders });
  }

  #writer(requestId: string): Writer {
    const auth = Identity.of({ subject: this.#name, scopes: ['scanning:work'] });
    return { auth, requestId, database: this.#options.database };
  }
}

/** Lengthens a lease while its job is worked on, and aborts the work when the lease is lost. */
class LeaseKeeper {
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(writer: Writer, job: ClaimedJob, leaseSeconds: number) {
    const beat = async (): Promise<void> => {
      const { userErrors } = await heartbeat(writer, { jobId: job.id, leaseToken: job.leaseToken, leaseSeconds });
      if (userErrors.length > 0) this.#lost.abort(new Error('the lease of the job was lost'));
    };
    // A failed beat is no lost lease: there are two more before it ends.
    this.#timer = setInterval(() => void beat().catch(() => undefined), (leaseSeconds * 1_000) / 3);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
