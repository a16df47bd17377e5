/** The server engine: a pool of connections to PostgreSQL, with limits on everything that could wait for ever. */
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { RequestError } from '../errors/index.js';
import type { Logger } from '../log/index.js';
import type { Database, Statement, Transaction, TransactionOptions } from './database.js';
import { toDoorError } from './errors.js';
import { PostgresListener } from './postgres-listener.js';
import { makeRoom } from './prepared-statements.js';
import { runScript, runStatement, runTransaction } from './session.js';
import { ownArrayTypes, ValueTypes } from './value-types.js';

export interface PostgresOptions {
  readonly url: string;
  readonly log: Pick<Logger, 'warn'>;
  /** Connections at most. */
  readonly poolSize?: number;
  /** A statement that runs longer is cancelled. */
  readonly statementTimeoutMs?: number;
  /** A transaction that does nothing for longer loses its connection. */
  readonly idleTransactionTimeoutMs?: number;
  /** How long to wait for a connection: a new one, or a free one of the pool. */
  readonly connectTimeoutMs?: number;
}

export const poolDefaults = {
  poolSize: 20,
  statementTimeoutMs: 30_000,
  idleTransactionTimeoutMs: 30_000,
  connectTimeoutMs: 2_000,
} as const;
const idleConnectionMs = 30_000;

export class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly #pool: Pool;
  readonly #types: ValueTypes;
  readonly #listener: PostgresListener;
  #closing: Promise<void> | undefined;

  private constructor(pool: Pool, types: ValueTypes, listener: PostgresListener) {
    this.#pool = pool;
    this.#types = types;
    this.#listener = listener;
  }

  /** Connects once, so that a wrong address or password shows at start. */
  static async open(options: PostgresOptions): Promise<PostgresDatabase> {
    const types = new ValueTypes();
    const config = toPoolConfig(options, types);
    const pool = new Pool(config);
    // A connection that is dropped while idle is replaced by the next query; without this listener it ends the process.
    pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection was lost'));
    const database = new PostgresDatabase(pool, types, new PostgresListener(config, options.log));
    try {
      await database.#learnTypes();
    } catch (error) {
      await pool.end();
      throw error;
    }
    return database;
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#withClient(async (client) => {
      await makeRoom(client, statement);
      return (await runStatement<Row>(client, statement, values)).rows;
    });
  }

  async transaction<T>(run: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { result, ranScript } = await this.#withClient((client) => runTransaction(client, run, options));
    if (ranScript) await this.#learnTypes();
    return result;
  }

  async script(sql: string): Promise<void> {
    await this.#withClient((client) => runScript(client, sql));
    await this.#learnTypes();
  }

  listen(channel: string, onNotify: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, onNotify, onReconnect);
  }

  close(): Promise<void> {
    return (this.#closing ??= Promise.all([this.#listener.close(), this.#pool.end()]).then(() => undefined));
  }

  async #learnTypes(): Promise<void> {
    this.#types.learn(await this.query(ownArrayTypes));
  }

  async #withClient<T>(run: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw toDoorError(error);
    }
    let lost: Error | undefined;
    const onError = (error: Error): void => {
      lost = error; // dropped between two statements: the next one reports it
    };
    client.on('error', onError);
    try {
      return await run(client);
    } catch (error) {
      // The pool would hand a dead connection to the next: its own news of the hang-up may come later.
      if (error instanceof RequestError && error.code === 'DATABASE_UNAVAILABLE') lost ??= error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(lost);
    }
  }
}

/** Settings that every connection has, also the listener's. */
function toPoolConfig(options: PostgresOptions, types: ValueTypes): PoolConfig {
  return {
    connectionString: options.url,
    application_name: 'weft',
    types,
    // A statement of several levels looks dear to the planner, which would compile it at each run, for a millisecond's work.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    max: options.poolSize ?? poolDefaults.poolSize,
    idleTimeoutMillis: idleConnectionMs,
    connectionTimeoutMillis: options.connectTimeoutMs ?? poolDefaults.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs ?? poolDefaults.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs ?? poolDefaults.idleTransactionTimeoutMs,
    keepAlive: true,
  };
}
