/** A client that does random things to accounts, credit and jobs, rightly and wrongly, reproducibly from its seed. */
import { seeded } from '../../../tests/testkit/seeded.js';
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Writer } from '../../kernel/write/index.js';
import {
  bookManually,
  claimJobs,
  completeJob,
  failJob,
  handOnToAnalysis,
  registerAccount,
  requestScan,
  timeOutJobs,
} from '../operations/index.js';
import { defaultScanSettings } from '../settings.js';
import { publicAddress } from './public-address.js';

export const accounts = Array.from({ length: 6 }, (_, index) => `user_${index}`);
const price = 3;
/** Few, so that keys come again: within a client, between clients, and after a crash. */
const keysPerAccount = 400;

const dependencies = {
  settings: { ...defaultScanSettings, price, requestsPerMinute: 0 },
  resolve: async (): Promise<readonly string[]> => [publicAddress],
};

interface Held {
  readonly jobId: string;
  readonly leaseToken: string;
  readonly expectedVersion: number;
  readonly state: 'FETCHING' | 'ANALYZING';
}

/** What a client may be told; anything else is a fault. */
const expected = new Set([
  'INSUFFICIENT_CREDIT',
  'CONFLICT',
  'INVALID_TRANSITION',
  'LEASE_EXPIRED',
  'IDEMPOTENCY_MISMATCH',
]);

export async function registerAccounts(database: Database): Promise<void> {
  for (const account of accounts) {
    const { userErrors } = await registerAccount(writerOf(database, 'admin'), { clerkUserId: account, metadata: null });
    if (userErrors.length > 0) throw new Error(userErrors[0]?.message);
  }
}

function writerOf(database: Database, subject: string): Writer {
  return {
    database,
    requestId: 'random',
    auth: Identity.of({ subject, scopes: ['scanning:admin', 'scanning:work', 'scanning:write'] }),
  };
}

export class RandomClient {
  readonly #database: Database;
  readonly #random: () => number;
  readonly #name: string;
  readonly #held: Held[] = [];

  constructor(database: Database, seed: number) {
    this.#database = database;
    this.#random = seeded(seed);
    this.#name = `client-${seed}`;
  }

  /** Does one thing. Answers the job of an acknowledged request with a key: `account key job`. */
  async step(): Promise<string | null> {
    const dice = this.#random();
    if (dice < 0.12) await this.#grant();
    else if (dice < 0.16) await this.#adjust();
    else if (dice < 0.55) return this.#request();
    else if (dice < 0.72 || this.#held.length === 0) await this.#claim();
    else if (dice < 0.97) await this.#progress();
    else await this.#timeOut();
    return null;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }

  #writer(subject = this.#name): Writer {
    return writerOf(this.#database, subject);
  }

  #check(payload: { readonly userErrors: readonly { readonly code: string; readonly message: string }[] }): boolean {
    const [error] = payload.userErrors;
    if (error !== undefined && !expected.has(error.code)) throw new Error(`${error.code}: ${error.message}`);
    return error === undefined;
  }

  async #grant(): Promise<void> {
    const amount = 1 + Math.floor(this.#random() * 20);
    this.#check(
      await bookManually(this.#writer('admin'), 'GRANT', { userId: this.#pick(accounts), amount, reason: 'random' }),
    );
  }

  /** Often more than there is. */
  async #adjust(): Promise<void> {
    const amount = Math.floor(this.#random() * 40) - 30 || 1;
    this.#check(
      await bookManually(this.#writer('admin'), 'ADJUSTMENT', {
        userId: this.#pick(accounts),
        amount,
        reason: 'random',
      }),
    );
  }

  /** Half of them with a key that may have been used before, now and then with another input. */
  async #request(): Promise<string | null> {
    const account = this.#pick(accounts);
    const key = Math.floor(this.#random() * keysPerAccount);
    const clientKey = this.#random() < 0.5 ? `key-${key}` : null;
    const url = `https://shop.example/${this.#random() < 0.05 ? 'other' : key}`;
    const payload = await requestScan(this.#writer(account), dependencies, { url, clientKey });
    return this.#check(payload) && clientKey !== null ? `${account} ${clientKey} ${payload.scanJob ?? ''}` : null;
  }

  async #claim(): Promise<void> {
    const stage = this.#random() < 0.7 ? 'FETCHING' : 'ANALYZING';
    const { claims = [] } = await claimJobs(this.#writer(), { stage, limit: 2, leaseSeconds: 600 });
    for (const job of claims) {
      this.#held.push({ jobId: job.id, leaseToken: job.leaseToken, expectedVersion: job.version, state: stage });
    }
  }

  /** The next state, a failure, or both at once; sometimes with a version that is old by then. */
  async #progress(): Promise<void> {
    const [held] = this.#held.splice(Math.floor(this.#random() * this.#held.length), 1);
    if (held === undefined) return;
    const { state, ...change } = held;
    if (this.#random() < 0.1) change.expectedVersion -= 1;
    if (this.#random() < 0.25) {
      const fail = (): ReturnType<typeof failJob> => failJob(this.#writer(), { ...change, reason: 'random' });
      for (const payload of await Promise.all(this.#random() < 0.3 ? [fail(), fail()] : [fail()])) this.#check(payload);
    } else if (state === 'FETCHING') {
      const keepLease = this.#random() < 0.5;
      const payload = await handOnToAnalysis(this.#writer(), { ...change, keepLease });
      if (this.#check(payload) && keepLease && payload.version !== undefined) {
        this.#held.push({ ...held, state: 'ANALYZING', expectedVersion: payload.version });
      }
    } else {
      const analysis = {
        riskScore: 1,
        categories: [],
        indicators: [],
        contentHash: 'c'.repeat(64),
        modelUsed: 'random',
      };
      this.#check(await completeJob(this.#writer(), { ...change, analysis, httpHeaders: {} }));
    }
  }

  /** Moves the deadline of some jobs into the past, and sweeps. */
  async #timeOut(): Promise<void> {
    await this.#database.query(
      `update scanning.scan_jobs set deadline_at = now() - interval '1 second' where id in
        (select id from scanning.scan_jobs where state in ('QUEUED', 'FETCHING', 'ANALYZING') order by random() limit 2
         for update skip locked)`,
    );
    await timeOutJobs(this.#writer(), 5);
  }
}
