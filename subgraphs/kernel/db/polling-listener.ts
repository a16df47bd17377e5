/** In place of LISTEN where there is no session to be notified in: whoever listens is told to look, again and again. */

/** What a subscriber waits for at most, and 4 small statements a second while there is one. */
const everyMs = 250;

export class PollingListener {
  readonly isNotified = false;
  readonly #timers = new Set<NodeJS.Timeout>();

  listen(_channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    const timer = setInterval(() => onNotify(''), everyMs);
    timer.unref();
    this.#timers.add(timer);
    return Promise.resolve(() => {
      clearInterval(timer);
      this.#timers.delete(timer);
      return Promise.resolve();
    });
  }

  close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
    return Promise.resolve();
  }
}
