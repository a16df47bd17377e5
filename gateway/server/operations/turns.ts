/**
 * Whose document is prepared next. Parsing and validating one that nobody asked before takes milliseconds in which nobody else is
 * served, and a flood of them, each another text, would leave no room between two. So one is prepared at a time, callers in
 * turn, and after each everybody else has twice the time that it took.
 */
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';

/** Of the event loop's time, for each part that goes into documents while others wait to be prepared. */
const restForEach = 2;
/** Of one caller; more of them are refused. */
const mostWaiting = 200;

interface Waiting {
  readonly prepare: () => void;
  readonly done: () => void;
  readonly signal: AbortSignal | undefined;
}

export class Turns {
  /** By caller, the one whose turn is next first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #isBusy = false;

  /** Calls `prepare` now or when it is the caller's turn, but for a caller who has gone; it must not throw. Rejects with SERVER_BUSY. */
  async take(caller: string, prepare: () => void, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#isBusy) return this.#run(prepare);
    const own = this.#waiting.get(caller) ?? [];
    if (own.length >= mostWaiting) {
      throw new RequestError('SERVER_BUSY', 'Too many new documents of this caller are waiting to be prepared.', {
        extensions: { retryAfterSeconds: 1 },
      });
    }
    this.#waiting.set(caller, own);
    return new Promise((done) => own.push({ prepare, done, signal }));
  }

  #run(prepare: () => void): void {
    this.#isBusy = true;
    const from = performance.now();
    prepare();
    setTimeout(() => this.#next(), restForEach * (performance.now() - from));
  }

  #next(): void {
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      next.done();
      if (next.signal?.aborted === true) continue;
      return this.#run(next.prepare);
    }
    this.#isBusy = false;
  }

  #takeNext(): Waiting | undefined {
    for (const [caller, own] of this.#waiting) {
      this.#waiting.delete(caller);
      const next = own.shift();
      if (own.length > 0) this.#waiting.set(caller, own);
      if (next !== undefined) return next;
    }
    return undefined;
  }
}
