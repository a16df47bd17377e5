/** The loop of a worker. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WorkLoopOptions<Job> {
  /** Jobs that are worked on at a time. */
  readonly concurrency: number;
  /** How often work is looked for when there was none. */
  readonly pollMs: number;
  /** Claims up to `limit` jobs, and calls `start` with each. */
  readonly take: (limit: number, start: (job: Job) => void) => Promise<void>;
  readonly perform: (job: Job) => Promise<void>;
  readonly onTakeFailed: (error: unknown) => void;
  /** The job is left to its lease. */
  readonly onBrokeOff: (job: Job, error: unknown) => void;
}

export class WorkLoop<Job> {
  readonly #options: WorkLoopOptions<Job>;
  readonly #running = new Set<Promise<void>>();

  constructor(options: WorkLoopOptions<Job>) {
    this.#options = options;
  }

  /** Works until `signal` aborts, then lets the jobs under way finish. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // Without a rest as long as there is something to take.
        if ((await this.#take()) > 0 && this.#running.size < this.#options.concurrency) continue;
      } catch (error) {
        this.#options.onTakeFailed(error);
      }
      await this.#rest(signal);
    }
    await Promise.all(this.#running);
  }

  /** Works off what is waiting now, and what follows from it. Answers how many jobs that were. */
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
    const { concurrency, pollMs } = this.#options;
    const isFull = this.#running.size >= concurrency;
    const stop = new AbortController();
    const poll = delay(pollMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }).catch(() => undefined);
    await (isFull ? Promise.race(this.#running) : Promise.race([poll, ...this.#running]));
    stop.abort();
  }

  async #take(): Promise<number> {
    const limit = this.#options.concurrency - this.#running.size;
    if (limit <= 0) return 0;
    let taken = 0;
    await this.#options.take(limit, (job) => {
      taken += 1;
      this.#start(job);
    });
    return taken;
  }

  #start(job: Job): void {
    const { perform, onBrokeOff } = this.#options;
    const work = perform(job)
      .catch((error: unknown) => onBrokeOff(job, error))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }
}
