/** The worker behind `weft worker --scans`: claims jobs, scans their pages, hands in results, and times out what is overdue. */
import { Identity } from '../kernel/auth/index.js';
import type { Database } from '../kernel/db/index.js';
import { describeError, type Logger } from '../kernel/log/index.js';
import { LeaseKeeper, WorkLoop } from '../kernel/worker/index.js';
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
import { createResolver, type Resolve } from '../kernel/outbound/index.js';
import { ScanFailure, scanPage, type Dial, type ScannedPage } from './scanner/index.js';
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
  readonly #loop: WorkLoop<ClaimedJob>;

  constructor(options: ScanWorkerOptions) {
    const { settings, log } = options;
    this.#options = options;
    this.#resolve =
      options.resolve ?? createResolver({ servers: settings.dnsServers, timeoutMs: settings.accessTimeoutMs });
    this.#name = options.name ?? 'scan-worker';
    this.#loop = new WorkLoop({
      ...settings,
      take: (limit, start) => this.#take(limit, start),
      perform: (job) => this.#perform(job),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'scan jobs could not be claimed'),
      // Another worker takes it up, and its deadline ends it at last.
      onBrokeOff: ({ id }, error) => log.warn({ err: describeError(error), scanJob: id }, 'a scan broke off'),
    });
  }

  /** Works until `signal` aborts, then lets the jobs under way finish. */
  run(signal: AbortSignal): Promise<void> {
    return this.#loop.run(signal);
  }

  /** Works off what is waiting now. Answers how many jobs that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (job: ClaimedJob) => void): Promise<void> {
    const { analyser, leaseSeconds } = this.#options.settings;
    await timeOutJobs(this.#writer('scan-sweep'), sweepLimit);
    // With an outside analyser, fetched jobs are not this worker's to take.
    const stages = analyser === 'rules' ? (['FETCHING', 'ANALYZING'] as const) : (['FETCHING'] as const);
    let left = limit;
    for (const stage of stages) {
      if (left <= 0) return;
      const { claims = [] } = await claimJobs(this.#writer('scan-claim'), { stage, limit: left, leaseSeconds });
      claims.forEach(start);
      left -= claims.length;
    }
  }

  async #perform(job: ClaimedJob): Promise<void> {
    const { id: jobId, leaseToken, version: expectedVersion } = job;
    const writer = this.#writer(`scan-${jobId}`);
    const { leaseSeconds } = this.#options.settings;
    const lease = new LeaseKeeper(leaseSeconds, () => heartbeat(writer, { jobId, leaseToken, leaseSeconds }));
    try {
      const page = await this.#scan(job, writer, lease.signal);
      await this.#handIn(job, writer, page);
    } catch (error) {
      if (!(error instanceof ScanFailure)) throw error;
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
