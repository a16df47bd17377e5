/** Lengthens a lease while its job is worked on, and aborts the work when the lease is lost. */
import type { Written } from '../write/index.js';

export class LeaseKeeper {
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  /** `beat` lengthens the lease; what it refuses with says that the lease is over, or another's. */
  constructor(leaseSeconds: number, beat: () => Promise<Written<object>>) {
    const keep = async (): Promise<void> => {
      const { userErrors } = await beat();
      if (userErrors.length > 0) this.#lost.abort(new Error('the lease of the job was lost'));
    };
    // A failed beat is no lost lease: there are two more before it ends.
    this.#timer = setInterval(() => void keep().catch(() => undefined), (leaseSeconds * 1_000) / 3);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
