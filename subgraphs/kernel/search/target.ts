/** Where to search, as a domain declares it. Every name in it is the code's own and never a caller's. */
import { sql, type DatabaseEngine, type SqlStatement } from '../db/index.js';

export interface SearchTarget {
  /** Names the statements, e.g. `evidence.search`. */
  readonly name: string;
  /** Schema-qualified. In filters its row is `t`. */
  readonly table: string;
  /** A column of type uuid. */
  readonly key: string;
  /** A `tsvector` column, in English, over text that `platform.split_words` has split. */
  readonly words: string;
  /** Text that snippets are taken from, over the row `t`. */
  readonly body: string;
  readonly embedding: {
    readonly column: string;
    readonly dimensions: number;
    /** What the vector index of each engine is over: a statement is only served by it when it repeats its expression. */
    readonly index: Readonly<Record<DatabaseEngine, VectorIndexKind>>;
  };
}

export type VectorIndexKind = 'vector' | 'halfvec' | 'bit';

/** A target's names as fragments; `embedding` and `words` are columns to put behind an alias. */
export function namesOf(target: SearchTarget) {
  return {
    table: sql.raw(target.table),
    key: sql.raw(target.key),
    words: sql.raw(target.words),
    body: sql.raw(target.body),
    embedding: sql.raw(target.embedding.column),
  } as const;
}

/** Dimensions are the code's own number: as a parameter they would not be part of an index's expression. */
function cast(value: SqlStatement, kind: VectorIndexKind, dimensions: number): SqlStatement {
  const size = sql.raw(String(dimensions));
  switch (kind) {
    case 'vector':
      return value;
    case 'halfvec':
      return sql`(${value}::halfvec(${size}))`;
    case 'bit':
      return sql`(binary_quantize(${value})::bit(${size}))`;
  }
}

/** The operand that the index holds, for either side of {@link distance}. */
export function operand(target: SearchTarget, engine: DatabaseEngine, value: SqlStatement): SqlStatement {
  return cast(value, target.embedding.index[engine], target.embedding.dimensions);
}

/** What an index scan orders by: cosine distance, or Jaccard distance of the bits, whose nearest are ranked again by cosine. */
export function nearestFirst(
  target: SearchTarget,
  engine: DatabaseEngine,
  { column, operand: other }: { readonly column: SqlStatement; readonly operand: SqlStatement },
): SqlStatement {
  const operator = target.embedding.index[engine] === 'bit' ? sql`<%>` : sql`<=>`;
  return sql`${operand(target, engine, column)} ${operator} ${other}`;
}

/**
 * Rows to take from the index for `wanted` results. Bits say a lot less than the vector: with 20 times as many, and 200
 * at the least, ranking again finds the nearest.
 */
export function candidateCount(target: SearchTarget, engine: DatabaseEngine, wanted: number): number {
  return target.embedding.index[engine] === 'bit' ? Math.min(1_000, Math.max(200, wanted * 20)) : wanted;
}
