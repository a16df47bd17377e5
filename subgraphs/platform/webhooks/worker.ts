/** The worker behind `weft worker --webhooks`: makes messages of changes, and sends those that are due. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import type { Entitlement } from '../../kernel/events/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import type { Outbound } from '../../kernel/outbound/index.js';
import type { AskGraph } from '../../kernel/subgraph/domain-process.js';
import { WorkLoop } from '../../kernel/worker/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { claimMessages, releaseMessage, type ClaimedMessage } from '../repository/webhook-messages.js';
import { fanOut } from './fan-out.js';
import { sendMessage } from './send-message.js';

export interface WebhookSettings {
  readonly source: string;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  /** Beside what an attempt may take. */
  readonly leaseSeconds: number;
  readonly concurrency: number;
  readonly pollMs: number;
}

export interface WebhookWorkerOptions {
  readonly database: Database;
  readonly settings: WebhookSettings;
  readonly entitlement: Entitlement;
  /** Null: nothing can be signed, and nothing is sent. */
  readonly keyring: Keyring | null;
  readonly outbound: Outbound;
  readonly ask: AskGraph;
  readonly log: Pick<Logger, 'warn'>;
}

export class WebhookWorker {
  readonly #options: WebhookWorkerOptions;
  readonly #loop: WorkLoop<ClaimedMessage>;
  readonly #stopping = new AbortController();

  constructor(options: WebhookWorkerOptions) {
    const { settings, log } = options;
    this.#options = options;
    this.#loop = new WorkLoop({
      ...settings,
      take: (limit, start) => this.#take(limit, start),
      perform: (message) => this.#perform(message),
      onTakeFailed: (error) => log.warn({ err: describeError(error) }, 'webhook messages could not be claimed'),
      // Its lease ends, and it is sent again.
      onBrokeOff: ({ id }, error) => log.warn({ err: describeError(error), message: id }, 'an attempt broke off'),
    });
  }

  /** Works until `signal` aborts; attempts under way are given up, and made again by whoever works next. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#stopping.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#loop.run(signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Works off what is due now. Answers how many attempts that were. */
  drain(): Promise<number> {
    return this.#loop.drain();
  }

  async #take(limit: number, start: (message: ClaimedMessage) => void): Promise<void> {
    const { database, settings, keyring, entitlement } = this.#options;
    if (keyring === null) return;
    const request = {
      limit,
      perEndpoint: Math.ceil(settings.concurrency / 2),
      leaseSeconds: settings.leaseSeconds + settings.timeoutMs / 1_000,
    };
    const claimed = await claimMessages(database, request);
    claimed.forEach(start);
    const left = limit - claimed.length;
    // New messages are made when hands are free for them; what waits comes first.
    if (left <= 0 || (await fanOut({ database, entitlement, writer: this.#writer('webhook-feed') })) === 0) return;
    (await claimMessages(database, { ...request, limit: left })).forEach(start);
  }

  async #perform(message: ClaimedMessage): Promise<void> {
    const { database, settings, keyring, outbound, ask } = this.#options;
    if (keyring === null) return;
    const { signal } = this.#stopping;
    const writer = this.#writer(`webhook-${message.id}`);
    const doors = { ...settings, database, keyring, outbound, ask, writer };
    try {
      await sendMessage(doors, message, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      // Perhaps it arrived: it is sent again, under the same id.
      await releaseMessage(database, message);
    }
  }

  #writer(requestId: string): Writer {
    const auth = Identity.of({ subject: 'webhook-worker', scopes: [] });
    return { auth, requestId, database: this.#options.database };
  }
}
