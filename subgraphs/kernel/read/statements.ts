/** Statements by their text: which of them a connection keeps prepared. */
import type { Queryable, Statement } from '../db/database.js';

/**
 * Prepared statements live in the server as long as their connection, so callers must not be able to make them without
 * limit: a text is prepared only when it comes back, and at most this many are.
 */
const maxPrepared = 2_000;
const maxCandidates = 2_000;

export class StatementCache {
  private readonly prepared = new Map<string, Statement>();
  private readonly candidates = new Set<string>();

  /** The statement for `text`, named once the text has been seen before. */
  get(text: string): Statement | string {
    const known = this.prepared.get(text);
    if (known !== undefined) return known;
    if (!this.candidates.has(text)) {
      if (this.candidates.size >= maxCandidates) this.candidates.clear();
      this.candidates.add(text);
      return text;
    }
    if (this.prepared.size >= maxPrepared) return text;
    this.candidates.delete(text);
    const statement = { name: `weft_read_${this.prepared.size + 1}`, text };
    this.prepared.set(text, statement);
    return statement;
  }
}

/** One cache for the process: a text means the same to every subgraph in it, and names must not clash on a connection. */
const statements = new StatementCache();

export function runStatement<Row extends object>(
  db: Queryable,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return db.query<Row>(statements.get(text), values);
}
