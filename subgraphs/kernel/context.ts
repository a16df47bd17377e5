/** What every resolver of every subgraph is given: one of these for each request (or each event of a subscription). */
import type { Identity } from './auth/index.js';
import type { Queryable } from './db/database.js';
import type { Database } from './db/database.js';

export interface RequestContext {
  readonly auth: Identity;
  /** Joins the log lines of one request, over processes too (`x-request-id`). */
  readonly requestId: string;
  /** Reads of this request; counts its statements. */
  readonly db: Queryable;
  /** For `write` and long reads that need a transaction of their own. */
  readonly database: Database;
  /** DataLoaders of this request, kept by whatever owns them (a field node, an entity). */
  readonly loaders: Map<unknown, unknown>;
  /** Ends when the caller has gone away or the time limit was reached. */
  readonly signal: AbortSignal | undefined;
}
