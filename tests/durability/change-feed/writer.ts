/** A client that changes things: through any gateway that answers, until each change is acknowledged. */
import { setTimeout as wait } from 'node:timers/promises';
import type { FormattedExecutionResult } from 'graphql';
import { Agent, request } from 'undici';
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import { appendEvents } from '../../../subgraphs/kernel/events/index.js';
import { accounts, repositories } from './company.js';

const backOffMilliseconds = 50;

export interface WriterOptions {
  readonly name: string;
  readonly urls: readonly string[];
  readonly token: string;
  readonly database: Database;
  readonly random: () => number;
  /** Asked before each change: false ends the work. */
  readonly next: () => boolean;
}

interface Mutation {
  readonly field: string;
  readonly query: string;
  readonly input: Record<string, unknown>;
}

interface Answer {
  readonly data?: Readonly<Record<string, { readonly userErrors: readonly unknown[] } | null>> | null;
  readonly errors?: FormattedExecutionResult['errors'];
}

/** What another try may get over. */
const passing = new Set<unknown>(['SUBGRAPH_UNAVAILABLE', 'DATABASE_UNAVAILABLE', 'TIMEOUT']);

export class Writer {
  readonly #options: WriterOptions;
  readonly #dispatcher = new Agent();
  #turn = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { next, random } = this.#options;
    while (next()) {
      this.#turn += 1;
      await this.#insist(this.#choose());
      if (random() < 0.1) await this.#rollBack();
    }
    await this.#dispatcher.destroy();
  }

  #choose(): Mutation {
    const { random, name } = this.#options;
    const nth = Math.floor(random() * 10);
    const mutation = (field: string, type: string, input: Record<string, unknown>): Mutation => ({
      field,
      input,
      query: `mutation ($input: ${type}!) { ${field}(input: $input) { userErrors { code } } }`,
    });
    if (random() < 0.5) {
      const branch = `${name}-${this.#turn}`;
      return mutation('repositoryUpdate', 'RepositoryUpdateInput', {
        repositoryId: `Repository:${repositories[nth]}`,
        defaultBranch: branch,
      });
    }
    return mutation('walletCredit', 'WalletCreditInput', {
      accountId: `Account:${accounts[nth]}`,
      amount: 1,
      reason: 'bonus',
      clientKey: `${name}-${this.#turn}`,
    });
  }

  /** Tries again until it is done: a gateway may be killed with the answer on its way. */
  async #insist({ field, query, input }: Mutation): Promise<void> {
    const { urls } = this.#options;
    for (let attempt = this.#turn; ; attempt++) {
      const answer = await this.#ask(urls[attempt % urls.length] ?? '', { query, variables: { input } });
      const payload = answer?.data?.[field];
      if (payload != null && payload.userErrors.length === 0) return;
      const isRefused = payload != null || answer?.errors?.some(({ extensions }) => !passing.has(extensions?.['code']));
      if (isRefused === true) throw new Error(`${field} was refused: ${JSON.stringify(answer)}`);
      await wait(backOffMilliseconds);
    }
  }

  /** Null when the gateway was killed, or is not there yet. */
  async #ask(url: string, operation: Record<string, unknown>): Promise<Answer | null> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${this.#options.token}` };
    try {
      const body = JSON.stringify(operation);
      const answer = await request(url, { method: 'POST', headers, body, dispatcher: this.#dispatcher });
      return (await answer.body.json()) as Answer;
    } catch {
      return null;
    }
  }

  /** Events of a transaction that comes to nothing: nobody may ever get them. */
  async #rollBack(): Promise<void> {
    const type = 'Repository';
    const events = repositories.map((repository) => ({
      type,
      id: `${type}:${repository}`,
      action: 'neverHappened',
      repository,
    }));
    await this.#options.database
      .transaction(async (tx) => {
        await appendEvents(tx, events);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
  }
}
