/**
 * What asking costs beside the objects of an answer, in the same unit: an object is charged 1, and 1 is about 40 µs of the
 * database. The weights of conditions and totals go by the shape that connections share (`filter`, `totalCount`), so they
 * hold for whatever has it; those of single fields come with the graph.
 */

export interface FieldWeights {
  /** By `Type.field`: what one of it costs beside what is inside. */
  readonly fields: ReadonlyMap<string, number>;
}

/** A schema in a deferred part takes this process 200 ms, and more such parts each take them again. */
export const deferredSchema = 5_000;

/** Measured on 1,042,887 rows (`npm run bench -- expensive`), the largest table of 294,000: what the most expensive table takes. */
export const scanOfTable = {
  /** A text condition that no index answers reads the whole table: 42–133 ms. */
  textCondition: 3_400,
  /** Any other condition: an index, or 10–16 ms at most for all of them together. */
  conditions: 250,
  condition: 25,
  /** What one relation leads to is looked through for it; one below another is planned and looked through twice as often. */
  relation: 300,
  /** Every row that the caller may see is counted: 13 ms. */
  total: 300,
  /** An `aggregate` or `groupBy` reads every row, hashes it and adds up. */
  figures: 4_000,
  /** A percentile or a count of different values sorts every row besides. */
  sorting: 5_000,
  /** Every row counts what one of its relations leads to: 250–380 ms for 300,000 rows. */
  counts: 10_000,
  /** Every row is sorted by what no index has, in another table perhaps: 20–105 ms for 300,000 rows. */
  sorts: 2_500,
  /** One more figure of each group, to keep or to order groups by. */
  measure: 500,
};

/** Below a parent only its own rows are read: 45–84 µs for a text condition, under 20 µs for a total. */
export const scanOfParent = {
  textCondition: 10,
  conditions: 0,
  condition: 1,
  relation: 3,
  total: 1,
  figures: 2,
  sorting: 2,
  counts: 10,
  sorts: 2,
  measure: 1,
};

/** Fields of a connection that are figures over all its items. */
export const figureFields: ReadonlySet<string> = new Set(['aggregate', 'groupBy']);
/** What of them sorts. */
export const sortingFields: ReadonlySet<string> = new Set(['percentile', 'countDistinct']);

/** What a filter asks of the items of a relation. */
export const quantifiers: ReadonlySet<string> = new Set(['some', 'none', 'every']);

/** Comparators of a text that look into it. */
export const textComparators: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith', 'like', 'matches']);
