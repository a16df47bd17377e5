/** A Database as one lane sees it. */
import { setMaxListeners } from 'node:events';
import type { Database, Statement, Transaction, TransactionOptions } from './database.js';
import type { Lane } from './lane.js';
import { setOrigin } from './origin.js';

/** What an engine does for any lane. */
export interface LanedEngine extends Database {
  queryIn<Row extends object>(lane: Lane, statement: Statement | string, values?: readonly unknown[]): Promise<Row[]>;
  transactionIn<T>(lane: Lane, run: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  scriptIn(lane: Lane, sql: string): Promise<void>;
}

export function laneView(engine: LanedEngine, lane: Lane): Database {
  // Each statement of a request listens for its end: many at once are no leak.
  if (lane.signal !== undefined) setMaxListeners(0, lane.signal);
  const view: Database = {
    engine: engine.engine,
    query: (statement, values) => engine.queryIn(lane, statement, values),
    transaction: (run, options) => engine.transactionIn(lane, run, options),
    script: (sql) => engine.scriptIn(lane, sql),
    listen: (channel, onNotify, onReconnect) => engine.listen(channel, onNotify, onReconnect),
    lane: (other) => laneView(engine, other),
    state: () => engine.state(),
    close: () => engine.close(),
  };
  setOrigin(view, engine);
  return view;
}
