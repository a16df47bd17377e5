/** Lengthens a lease while its job is worked on, and aborts the work when the lease is lost. */
import type { Writer } from '../../kernel/write/index.js';
import { heartbeat, type Lease } from '../queue/index.js';

export class LeaseKeeper {
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(writer: Writer, { jobId, leaseToken }: Lease, leaseSeconds: number) {
    const beat = async (): Promise<void> => {
      const { userErrors } = await heartbeat(writer, { jobId, leaseToken, leaseSeconds });
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
