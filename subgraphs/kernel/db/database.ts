/** The one door to the database, over PGlite and `pg` alike. */
import type { ClientBase } from 'pg';
import type { QueueState } from './connection-queue.js';
import type { Lane } from './lane.js';

/** A statement with a name under which a connection keeps it prepared. `name` is at most 63 bytes and stands for exactly this `text`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What `sql` makes: a statement with its values. */
export interface BoundStatement extends Statement {
  readonly values: readonly unknown[];
}

/**
 * Values as they come out, on both engines: `uuid`, `text`, enums, `xid8` → string; `int2/4`, `float4/8` → number;
 * `int8` → number when it is a safe integer, else bigint; `numeric` → string; `bool` → boolean;
 * `timestamptz` → RFC 3339 text in UTC, always with six digits of fraction (`2026-11-21T05:46:45.120000Z`), so that it orders as text;
 * `json/jsonb` → parsed; `bytea` → Uint8Array; arrays → arrays of the same; `vector/halfvec` → text as PostgreSQL prints it.
 * Values as they go in: arrays are PostgreSQL arrays; objects are JSON; `Date` is a timestamp; null is null.
 */
export interface Queryable {
  /** Runs one statement and answers its rows. A plain string is run unprepared. `values` may be left out of a bound statement. Counted by the statement counter. */
  query<Row extends object = Record<string, unknown>>(
    statement: Statement | string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** The part of a `pg` client that runs statements. */
export type Driver = Pick<ClientBase, 'query'>;

/** A running transaction. It is only good inside the function it was given to. */
export interface Transaction extends Queryable {
  /** This transaction as the driver shows it, for a library that speaks to `pg` itself. In order with `query`, and counted. */
  readonly driver: Driver;
  /** Runs `run` so that its failure undoes its own work and not the transaction's. */
  savepoint<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Several statements at once, without values: for migrations. */
  script(sql: string): Promise<void>;
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}

export type DatabaseEngine = 'pglite' | 'postgres';

export interface Database extends Queryable {
  readonly engine: DatabaseEngine;
  /** Commits when `run` resolves, rolls back when it rejects. A commit is never cancelled. Calling the Database itself inside `run` on PGlite fails at once with a clear message, because it would wait for itself. */
  transaction<T>(run: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Several statements at once, without values: for migrations. */
  script(sql: string): Promise<void>;
  /** Calls `onNotify` for every NOTIFY on `channel`, and `onReconnect` after a lost connection came back (notifications may have been missed). */
  listen(channel: string, onNotify: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  /** This Database for the work of `lane`, which gets its share of the connections and ends with the lane's signal. */
  lane(lane: Lane): Database;
  /** How its connections are used now. */
  state(): DatabaseState;
  close(): Promise<void>;
}

export interface DatabaseState extends QueueState {
  /** Statements that were cancelled because their caller had gone or their time was up, since the start. */
  readonly cancelled: number;
  /** Reached through a pooler: no session is kept between transactions. */
  readonly isPooled: boolean;
  /** False where nobody can be notified of changes: they are looked for. */
  readonly isNotified: boolean;
}
