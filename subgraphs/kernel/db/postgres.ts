/** The server engine: a pool of connections to PostgreSQL, with limits on everything that could wait for ever. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { RequestError } from '../errors/index.js';
import type { Logger } from '../log/index.js';
import { createBusyLog } from './busy-log.js';
import { CancellableDriver, cancelRequest } from './cancellation.js';
import { ConnectionQueue } from './connection-queue.js';
import type { Database, DatabaseState, Driver, Statement, Transaction, TransactionOptions } from './database.js';
import { isConnectionFailure, toDoorError } from './errors.js';
import { systemLane, type Lane } from './lane.js';
import { laneView, type LanedEngine } from './lane-view.js';
import { PollingListener } from './polling-listener.js';
import { assertReadable, createPooledPool, isPooled, PooledDriver, type PooledSettings } from './pooler.js';
import { PostgresListener } from './postgres-listener.js';
import { makeRoom } from './prepared-statements.js';
import { runScript, runStatement, runTransaction } from './session.js';
import { ownArrayTypes, ValueTypes } from './value-types.js';

export interface PostgresOptions {
  readonly url: string;
  /** Past a pooler: where there are sessions to be notified in. */
  readonly directUrl?: string | undefined;
  readonly log: Pick<Logger, 'warn'>;
  /** Connections at most. */
  readonly poolSize?: number;
  /** A statement that runs longer is cancelled. */
  readonly statementTimeoutMs?: number;
  /** A transaction that does nothing for longer loses its connection. */
  readonly idleTransactionTimeoutMs?: number;
  /** How long a new connection may take. */
  readonly connectTimeoutMs?: number;
  /** How long a caller's statement waits for a connection before the server is too busy for it. */
  readonly waitMs?: number;
}

export const poolDefaults = {
  poolSize: 20,
  statementTimeoutMs: 30_000,
  idleTransactionTimeoutMs: 30_000,
  connectTimeoutMs: 5_000,
  waitMs: 5_000,
} as const;
const idleConnectionMs = 30_000;

export class PostgresDatabase implements LanedEngine {
  readonly engine = 'postgres';
  readonly #pool: Pool;
  readonly #types: ValueTypes;
  readonly #listener: Listener;
  /** Through a pooler: what sessions would have been told. */
  readonly #pooled: PooledSettings | null;
  readonly #queue: ConnectionQueue;
  readonly #log: Pick<Logger, 'warn'>;
  /** The transaction that the running code is inside of: what it asks of the Database beside must not wait for its own end. */
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
  #cancelled = 0;
  #closing: Promise<void> | undefined;

  private constructor(
    pool: Pool,
    types: ValueTypes,
    listener: Listener,
    options: PostgresOptions,
    throughPooler: boolean,
  ) {
    const settings = { ...poolDefaults, ...options };
    const { waitMs, statementTimeoutMs, poolSize } = settings;
    this.#pooled = throughPooler ? settings : null;
    this.#pool = pool;
    this.#types = types;
    this.#listener = listener;
    this.#log = options.log;
    this.#queue = new ConnectionQueue({
      size: poolSize,
      waitMs,
      patientWaitMs: statementTimeoutMs,
      onBusy: createBusyLog(options.log),
    });
  }

  /** Connects once, so that a wrong address or password shows at start. */
  static async open(options: PostgresOptions): Promise<PostgresDatabase> {
    const types = new ValueTypes();
    const config = toPoolConfig(options, types);
    let pool = new Pool(config);
    try {
      const pooled = await isPooled(pool);
      if (pooled) {
        await pool.end();
        pool = createPooledPool(config);
        await assertReadable(pool);
      }
      // A connection that is dropped while idle is replaced by the next query; without this listener it ends the process.
      pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection was lost'));
      const database = new PostgresDatabase(pool, types, createListener(config, options, pooled), options, pooled);
      await database.#learnTypes();
      return database;
    } catch (error) {
      if (!pool.ended) await pool.end();
      throw isConnectionFailure(error) ? toDoorError(error) : error;
    }
  }

  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.queryIn(systemLane, statement, values);
  }

  transaction<T>(run: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.transactionIn(systemLane, run, options);
  }

  script(sql: string): Promise<void> {
    return this.scriptIn(systemLane, sql);
  }

  queryIn<Row extends object>(lane: Lane, statement: Statement | string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#withClient(lane, async (driver, client) => {
      if (this.#pooled === null) await makeRoom(client, statement);
      return (await runStatement<Row>(driver, statement, values)).rows;
    });
  }

  async transactionIn<T>(
    lane: Lane,
    run: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const scope = { open: true };
    const { result, ranScript } = await this.#withClient(lane, async (driver) => {
      try {
        return await runTransaction(driver, (tx) => this.#inside.run(scope, () => run(tx)), options);
      } finally {
        scope.open = false;
      }
    });
    if (ranScript) await this.#learnTypes();
    return result;
  }

  async scriptIn(lane: Lane, sql: string): Promise<void> {
    await this.#withClient(lane, (driver) => runScript(driver, sql));
    await this.#learnTypes();
  }

  lane(lane: Lane): Database {
    return laneView(this, lane);
  }

  state(): DatabaseState {
    const { isNotified } = this.#listener;
    return { ...this.#queue.state, cancelled: this.#cancelled, isPooled: this.#pooled !== null, isNotified };
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

  async #withClient<T>(lane: Lane, run: (driver: Driver, client: PoolClient) => Promise<T>): Promise<T> {
    const permit = await this.#queue.acquire(lane, this.#inside.getStore()?.open === true);
    try {
      return await this.#withPermit(lane.signal, run);
    } finally {
      permit.release();
    }
  }

  async #withPermit<T>(
    signal: AbortSignal | undefined,
    run: (driver: Driver, client: PoolClient) => Promise<T>,
  ): Promise<T> {
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
    const cancellable = signal === undefined && this.#pooled === null ? null : this.#cancellable(client, signal);
    const driver = cancellable ?? client;
    try {
      return await run(this.#pooled === null ? driver : new PooledDriver(driver, this.#pooled), client);
    } catch (error) {
      // The pool would hand a dead connection to the next: its own news of the hang-up may come later.
      if (error instanceof RequestError && error.code === 'DATABASE_UNAVAILABLE') lost ??= error;
      throw error;
    } finally {
      await cancellable?.settled();
      client.off('error', onError);
      client.release(lost);
    }
  }

  #cancellable(client: PoolClient, signal: AbortSignal | undefined): CancellableDriver {
    return new CancellableDriver(client, {
      signal,
      // A pooler's sessions have no time limit of ours, except inside transactions.
      timeoutMs: this.#pooled?.statementTimeoutMs,
      sendCancel: () =>
        cancelRequest(client).catch((error: unknown) => {
          this.#log.warn({ err: error }, 'a statement whose caller has gone could not be cancelled');
        }),
      onCancel: () => (this.#cancelled += 1),
    });
  }
}

interface Listener extends Pick<PostgresListener, 'listen' | 'close'> {
  /** False: it looks by itself. */
  readonly isNotified: boolean;
}

/** A pooler passes no notifications on. */
function createListener(config: PoolConfig, { directUrl, log }: PostgresOptions, throughPooler: boolean): Listener {
  if (throughPooler && directUrl === undefined) return new PollingListener();
  return new PostgresListener(directUrl === undefined ? config : { ...config, connectionString: directUrl }, log);
}

/** Settings that every connection has, also the listener's. */
function toPoolConfig(options: PostgresOptions, types: ValueTypes): PoolConfig {
  return {
    connectionString: options.url,
    application_name: 'weft',
    types,
    // A statement of several levels looks expensive to the planner, which would compile it at each run, for a millisecond's work.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    max: options.poolSize ?? poolDefaults.poolSize,
    idleTimeoutMillis: idleConnectionMs,
    connectionTimeoutMillis: options.connectTimeoutMs ?? poolDefaults.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs ?? poolDefaults.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleTransactionTimeoutMs ?? poolDefaults.idleTransactionTimeoutMs,
    keepAlive: true,
  };
}
