/** A client that asks one question after the other. */
import { setTimeout as think } from 'node:timers/promises';
import type { FormattedExecutionResult } from 'graphql';
import type { Connection, Operation } from './clients.js';
import { questionOf } from './graph.js';
import { judge } from './verdict.js';
import { patienceMilliseconds, type Witness } from './witness.js';

/** Between an answer and the next question: a load that leaves two processors time for what is being restarted. */
const thinkMilliseconds = 200;

export class Asker {
  readonly name: string;
  /** When the latest question was asked that got its whole answer (of `performance.now()`). */
  lastWholeAskedAt = -Infinity;
  /** Whether the graph had the field that a reload adds and takes away, when it was last asked for. */
  seesReserved: boolean | undefined;
  partialAnswers = 0;
  readonly wantsReserved: boolean;
  readonly #connection: Connection;
  readonly #witness: Witness;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: { name: string; connection: Connection; wantsReserved: boolean; witness: Witness }) {
    this.name = `${options.name} over ${options.connection.protocol}`;
    this.#connection = options.connection;
    this.wantsReserved = options.wantsReserved;
    this.#witness = options.witness;
    this.#running = this.#run();
  }

  /** Rejects never: what is wrong is told to the witness. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#connection.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let turn = 0; !signal.aborted; turn++) {
      const { expected, ...operation } = questionOf(turn, { reserved: this.wantsReserved });
      const askedAt = performance.now();
      try {
        const result = await this.#ask(operation);
        if (this.wantsReserved && turn % 2 === 0) this.seesReserved = !isRefused(result);
        this.#take(result, expected, askedAt);
      } catch (error) {
        return this.#witness.fault(`${this.name}: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
      }
      await think(thinkMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  #take(result: FormattedExecutionResult, expected: unknown, askedAt: number): void {
    if (this.wantsReserved && isRefused(result)) this.lastWholeAskedAt = askedAt;
    else {
      const verdict = judge(result, expected);
      if (verdict.kind === 'wrong') throw new Error(verdict.why);
      if (verdict.kind === 'partial') this.partialAnswers += 1;
      else this.lastWholeAskedAt = askedAt;
    }
    this.#witness.progress();
  }

  async #ask(operation: Operation): Promise<FormattedExecutionResult> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer within the time limit')), patienceMilliseconds);
    });
    try {
      return await Promise.race([late, this.#answerTo(operation)]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #answerTo(operation: Operation): Promise<FormattedExecutionResult> {
    try {
      for await (const result of this.#connection.iterate(operation)) return result;
    } catch (error) {
      // How graphql-ws hands over a refusal.
      if (Array.isArray(error)) return { errors: error as NonNullable<FormattedExecutionResult['errors']> };
      throw error;
    }
    throw new Error('the operation ended without an answer');
  }
}

/** What the graph doesn't have at the moment is refused as a whole. */
function isRefused({ data, errors = [] }: FormattedExecutionResult): boolean {
  return data === undefined && errors.some(({ extensions }) => extensions?.['code'] === 'GRAPHQL_VALIDATION_FAILED');
}
