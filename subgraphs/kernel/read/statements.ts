/** Statements by their text: which of them a connection keeps prepared. */
import type { Queryable, Statement } from '../db/database.js';

/**
 * Callers must not be able to make prepared statements without limit: a text is prepared only when it comes back, and what
 * was used least recently makes room. A name is never used again; connections forget on their own.
 */
const maxPrepared = 2_000;
const maxCandidates = 2_000;

export class StatementCache {
  private readonly prepared = new Map<string, Statement>();
  private readonly candidates = new Set<string>();
  private made = 0;

  /** The statement for `text`, named once the text has been seen before. */
  get(text: string): Statement | string {
    const known = this.prepared.get(text);
    if (known !== undefined) {
      // A map keeps the order of insertion: the first is the one that was used least recently.
      this.prepared.delete(text);
      this.prepared.set(text, known);
      return known;
    }
    if (!this.candidates.has(text)) {
      if (this.candidates.size >= maxCandidates) this.candidates.clear();
      this.candidates.add(text);
      return text;
    }
    this.candidates.delete(text);
    const statement = { name: `weft_read_${++this.made}`, text };
    for (const [oldest] of this.prepared) {
      if (this.prepared.size < maxPrepared) break;
      this.prepared.delete(oldest);
    }
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
