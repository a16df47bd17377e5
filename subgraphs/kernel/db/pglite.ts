/** The embedded engine: PGlite in a thread, one connection, used by one statement or transaction at a time. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import { Client, escapeIdentifier } from 'pg';
import type { Logger } from '../log/index.js';
import { createBusyLog } from './busy-log.js';
import { CancellableDriver } from './cancellation.js';
import { ConnectionQueue } from './connection-queue.js';
import type { Database, DatabaseState, Statement, Transaction, TransactionOptions } from './database.js';
import { takeDataFolder, type DataFolder } from './data-folder.js';
import { systemLane, type Lane } from './lane.js';
import { laneView, type LanedEngine } from './lane-view.js';
import { makeRoom } from './prepared-statements.js';
import { runScript, runStatement, runTransaction } from './session.js';
import { ownArrayTypes, ValueTypes } from './value-types.js';
import { WasmEngine } from './wasm-engine.js';
import { WasmSocket } from './wasm-socket.js';

/** The PostgreSQL major that the bundled PGlite is; a store of another major can't be opened. */
export const pgliteMajor = 18;

export interface PgliteOptions {
  /** Folder of the store, or `memory`. */
  readonly dataDir: string;
  /** A dumped store to start from. */
  readonly snapshot?: Blob;
  /** How long a caller's statement waits for its turn before the server is too busy for it. */
  readonly waitMs?: number | undefined;
  readonly log?: Pick<Logger, 'warn'>;
}

const defaultWaitMs = 5_000;
/** The engine can't be interrupted, so work of the process itself waits for whatever runs. */
const patientWaitMs = 600_000;

export class PgliteDatabase implements LanedEngine {
  readonly engine = 'pglite';
  readonly #wasm: WasmEngine;
  readonly #client: Client;
  readonly #types: ValueTypes;
  readonly #folder: DataFolder | null;
  readonly #listeners = new Map<string, Set<(payload: string) => void>>();
  /** The transaction that the running code is inside of, so that waiting for itself is an error and not a standstill. */
  readonly #inside = new AsyncLocalStorage<{ open: boolean } | undefined>();
  readonly #queue: ConnectionQueue;
  #cancelled = 0;
  #closing: Promise<void> | undefined;

  private constructor(
    wasm: WasmEngine,
    client: Client,
    types: ValueTypes,
    folder: DataFolder | null,
    { waitMs = defaultWaitMs, log }: PgliteOptions,
  ) {
    this.#queue = new ConnectionQueue({
      size: 1,
      waitMs,
      patientWaitMs,
      ...(log !== undefined && { onBusy: createBusyLog(log) }),
    });
    this.#wasm = wasm;
    this.#client = client;
    this.#types = types;
    this.#folder = folder;
    // An engine that broke down fails the statement that broke it and every later one; that is how it is told.
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => this.#notify(channel, payload ?? ''));
  }

  static async open(options: PgliteOptions): Promise<PgliteDatabase> {
    const { dataDir, snapshot } = options;
    const folder = dataDir === 'memory' ? null : takeDataFolder(dataDir, pgliteMajor);
    try {
      const wasm = await WasmEngine.open({
        ...(folder && { dataDir: folder.store }),
        ...(snapshot && { loadDataDir: snapshot }),
      });
      folder?.ready();
      const types = new ValueTypes();
      const client = await connect(wasm, types);
      const database = new PgliteDatabase(wasm, client, types, folder, options);
      await database.#learnTypes();
      return database;
    } catch (error) {
      folder?.release();
      throw error;
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

  async queryIn<Row extends object>(
    lane: Lane,
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]> {
    this.#assertOutside();
    return this.#alone(lane, async () => {
      await makeRoom(this.#client, statement);
      return (await runStatement<Row>(this.#client, statement, values)).rows;
    });
  }

  async transactionIn<T>(
    lane: Lane,
    run: (tx: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    this.#assertOutside();
    const scope = { open: true };
    const { result, ranScript } = await this.#alone(lane, async () => {
      try {
        const driver = lane.signal === undefined ? this.#client : this.#endingWith(lane.signal);
        return await runTransaction(driver, (tx) => this.#inside.run(scope, () => run(tx)), options);
      } finally {
        scope.open = false;
      }
    });
    if (ranScript) await this.#learnTypes();
    return result;
  }

  async scriptIn(lane: Lane, sql: string): Promise<void> {
    this.#assertOutside();
    await this.#alone(lane, () => runScript(this.#client, sql));
    await this.#learnTypes();
  }

  lane(lane: Lane): Database {
    return laneView(this, lane);
  }

  state(): DatabaseState {
    return { ...this.#queue.state, cancelled: this.#cancelled, isPooled: false, isNotified: true };
  }

  async listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
    this.#assertOutside();
    const callbacks = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, callbacks);
    // Its own function each time, so that one callback may listen twice.
    const callback = (payload: string): void => onNotify(payload);
    callbacks.add(callback);
    if (callbacks.size === 1) await this.query(`listen ${escapeIdentifier(channel)}`);
    return async () => {
      if (callbacks.delete(callback) && callbacks.size === 0) await this.query(`unlisten ${escapeIdentifier(channel)}`);
    };
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** The whole store as one archive, to start others from: see `snapshot`. */
  dump(): Promise<Blob> {
    return this.#alone(systemLane, () => this.#wasm.dump());
  }

  async #close(): Promise<void> {
    await this.#alone(systemLane, async () => {
      await this.#client.end();
      await this.#wasm.close();
    });
    this.#folder?.release();
  }

  async #learnTypes(): Promise<void> {
    this.#types.learn(await this.query(ownArrayTypes));
  }

  /** One connection, shared out like a pool of one. What waits ends with its signal; what runs can't be interrupted. */
  async #alone<T>(lane: Lane, run: () => Promise<T>): Promise<T> {
    const permit = await this.#queue.acquire(lane);
    try {
      return await run();
    } finally {
      permit.release();
    }
  }

  /** The transaction of a caller who has gone ends before its next statement. */
  #endingWith(signal: AbortSignal): CancellableDriver {
    return new CancellableDriver(this.#client, {
      signal,
      sendCancel: () => Promise.resolve(),
      onCancel: () => (this.#cancelled += 1),
    });
  }

  #assertOutside(): void {
    if (this.#inside.getStore()?.open) {
      throw new Error(
        'The Database was called inside its own transaction, which would wait for itself on the embedded engine: ' +
          'use the transaction (tx) that the function was given.',
      );
    }
  }

  #notify(channel: string, payload: string): void {
    // Outside of whichever transaction the notification arrived during: a listener may call the Database.
    this.#inside.run(undefined, () => this.#listeners.get(channel)?.forEach((callback) => callback(payload)));
  }
}

async function connect(wasm: WasmEngine, types: ValueTypes): Promise<Client> {
  const client = new Client({
    // `pg` asks of a socket only what WasmSocket has; its declared type is all of net.Socket.
    stream: () => new WasmSocket(wasm) as unknown as Duplex,
    user: 'postgres',
    database: 'postgres',
    types,
  });
  await client.connect();
  await client.query(`set timezone to 'UTC'; set datestyle to 'ISO'`);
  return client;
}
