/** A client that follows a feed, and takes it up again at its cursor whenever it is told that it has ended. */
import type { FormattedExecutionResult } from 'graphql';
import type { Connection } from './clients.js';
import { expectedEvent, subscriptionOf, type FeedField } from './graph.js';
import { judge } from './verdict.js';
import type { Witness } from './witness.js';

type Events = AsyncIterableIterator<FormattedExecutionResult>;

export class Subscriber {
  readonly name: string;
  readonly field: FeedField;
  /** Of the last event seen. */
  cursor: number;
  /** How often a stream that had given events ended, having said why. */
  interruptions = 0;
  /** Of these, because the graph no longer had what was selected. */
  outdated = 0;
  readonly wantsReserved: boolean;
  readonly #connection: Connection;
  readonly #witness: Witness;
  readonly #running: Promise<void>;
  #events: Events | undefined;
  #isStopping = false;

  constructor(options: {
    name: string;
    connection: Connection;
    field: FeedField;
    wantsReserved: boolean;
    after: number;
    witness: Witness;
  }) {
    this.name = `${options.name} of ${options.field} over ${options.connection.protocol}`;
    this.field = options.field;
    this.wantsReserved = options.wantsReserved;
    this.cursor = options.after;
    this.#connection = options.connection;
    this.#witness = options.witness;
    this.#running = this.#run();
  }

  /** Rejects never: what is wrong is told to the witness. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#events?.return?.();
    await this.#running;
    await this.#connection.close();
  }

  async #run(): Promise<void> {
    let reserved = this.wantsReserved;
    while (!this.#isStopping) {
      const before = this.cursor;
      try {
        const ending = await this.#follow(reserved);
        if (this.#isStopping) return;
        if (this.cursor > before) this.interruptions += 1;
        if (ending === 'BAD_USER_INPUT') this.outdated += 1;
        // What the graph refuses is asked for again the next time that the feed is taken up.
        reserved = this.wantsReserved && ending !== 'GRAPHQL_VALIDATION_FAILED';
      } catch (error) {
        const message = error instanceof Error ? error.message : JSON.stringify(error);
        if (!this.#isStopping) this.#witness.fault(`${this.name}, after ${this.cursor}: ${message}`);
        return;
      }
    }
  }

  /** Follows one stream to its end, and answers the code of the error that it ended with. */
  async #follow(reserved: boolean): Promise<unknown> {
    const query = subscriptionOf(this.field, { reserved });
    const events = this.#connection.iterate({ query, variables: { after: this.cursor } }) as Events;
    this.#events = events;
    let lastWord: unknown;
    try {
      for await (const result of events) {
        if (lastWord !== undefined) throw new Error(`an event came after the last word, ${JSON.stringify(result)}`);
        if (result.data?.[this.field] == null) lastWord = this.#reasonOf(result);
        else this.#take(result, reserved);
      }
    } catch (error) {
      // How graphql-ws hands over a refusal.
      if (!Array.isArray(error)) throw error;
      lastWord = this.#reasonOf({ errors: error as NonNullable<FormattedExecutionResult['errors']> });
    }
    if (lastWord === undefined && !this.#isStopping) throw new Error('the stream ended without a word');
    return lastWord;
  }

  #take(result: FormattedExecutionResult, reserved: boolean): void {
    const next = this.cursor + 1;
    const verdict = judge(result, expectedEvent(this.field, next, { reserved }));
    if (verdict.kind === 'wrong') throw new Error(verdict.why);
    this.cursor = next;
    this.#witness.progress();
  }

  #reasonOf(result: FormattedExecutionResult): unknown {
    const [error] = result.errors ?? [];
    const code = error?.extensions?.['code'];
    const isForReserved =
      code === 'GRAPHQL_VALIDATION_FAILED' ||
      (code === 'BAD_USER_INPUT' && /graph has changed/.test(error?.message ?? ''));
    if (code === 'SUBGRAPH_UNAVAILABLE' || (isForReserved && this.wantsReserved)) return code;
    throw new Error(`no reason to end: ${JSON.stringify(result)}`);
  }
}
