/** Counts statements: how tests and the request's context know what a query cost. */
import type { QueryConfig, QueryResult } from 'pg';
import type { Database, Driver, Queryable, Statement, Transaction, TransactionOptions } from './database.js';
import { setOrigin } from './origin.js';

export interface CountedDatabase<D extends Queryable> {
  readonly db: D;
  count(): number;
  /** Names of the prepared statements and texts of the plain ones, in order. */
  statements(): readonly string[];
}

/** A view of `db` that counts what goes through it, also in transactions opened through it. `db` itself is not touched. */
export function countStatements<D extends Queryable>(db: D): CountedDatabase<D> {
  const seen: string[] = [];
  const note = (statement: Statement | string): void => {
    seen.push(typeof statement === 'string' ? statement : statement.name);
  };
  const counted = isDatabase(db) ? countDatabase(db, note) : countQueryable(db, note);
  return { db: counted as unknown as D, count: () => seen.length, statements: () => seen };
}

type Note = (statement: Statement | string) => void;

function isDatabase(db: Queryable): db is Database {
  return 'transaction' in db && 'listen' in db;
}

function countQueryable(db: Queryable, note: Note): Queryable {
  return {
    query: (statement, values) => {
      note(statement);
      return db.query(statement, values);
    },
  };
}

function countTransaction(tx: Transaction, note: Note): Transaction {
  return {
    ...countQueryable(tx, note),
    driver: countDriver(tx.driver, note),
    savepoint: (run) => tx.savepoint((inner) => run(countTransaction(inner, note))),
    script: (text) => tx.script(text),
  };
}

function countDriver(driver: Driver, note: Note): Driver {
  const query = (config: QueryConfig): Promise<QueryResult> => {
    note(config.text);
    return driver.query(config);
  };
  return { query: query as Driver['query'] };
}

function countDatabase(database: Database, note: Note): Database {
  const counted: Database = {
    ...countQueryable(database, note),
    engine: database.engine,
    transaction: (run, options?: TransactionOptions) =>
      database.transaction((tx) => run(countTransaction(tx, note)), options),
    script: (text) => database.script(text),
    listen: (channel, onNotify, onReconnect) => database.listen(channel, onNotify, onReconnect),
    lane: (lane) => countDatabase(database.lane(lane), note),
    state: () => database.state(),
    close: () => database.close(),
  };
  setOrigin(counted, database);
  return counted;
}
