/** Whether a peer takes what it is offered: judged by its connection alone, so that a busy process is never taken for a slow peer. */

/** Looks without anything taken, after which a peer is slow. */
const looksUntilSlow = 5;

export class Uptake {
  readonly #lookMilliseconds: number;
  readonly #onSlow: () => void;
  #waiting = 0;
  #looks = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `onSlow` is called whenever something has waited and nothing was taken for `limitMilliseconds`; null never judges. */
  constructor(limitMilliseconds: number | null, onSlow: () => void) {
    this.#lookMilliseconds = (limitMilliseconds ?? 0) / looksUntilSlow;
    this.#onSlow = onSlow;
  }

  /** Something waits to be taken. Answers what to call once, when it was or never will be. */
  offered(): () => void {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#startOver();
    return () => {
      this.#waiting -= 1;
      this.#startOver();
    };
  }

  #startOver(): void {
    this.#looks = 0;
    if (this.#lookMilliseconds === 0) return;
    if (this.#waiting === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) this.#lookLater();
  }

  #lookLater(): void {
    // Between two looks the event loop asks the sockets at least once, however long it was blocked: immediates come after
    // that. Time alone would blame the peer for what this process did not get round to.
    const look = (): void => {
      if (this.#timer === timer) this.#look();
    };
    const timer = setTimeout(() => setImmediate(look), this.#lookMilliseconds);
    timer.unref();
    this.#timer = timer;
  }

  #look(): void {
    this.#looks += 1;
    this.#lookLater();
    if (this.#looks < looksUntilSlow) return;
    this.#looks = 0;
    this.#onSlow();
  }
}
