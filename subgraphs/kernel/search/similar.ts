/** The rows nearest to each of N rows, with one statement. */
import type { RequestContext } from '../context.js';
import { sql, type SqlStatement } from '../db/index.js';
import { scanSettings } from './scan-settings.js';
import { candidateCount, namesOf, nearestFirst, operand, type SearchTarget } from './target.js';

export interface SimilarRequest {
  /** A select of the keys to compare, in one column named `key`. */
  readonly keys: SqlStatement;
  /** A condition over the row `t`. */
  readonly filter?: SqlStatement | null;
  /** Cosine, -1 to 1. */
  readonly minSimilarity: number;
  /** At most this many for each key. */
  readonly limit: number;
}

export interface Similar {
  /** The row that was compared. */
  readonly key: string;
  readonly similarKey: string;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

/** Nearest first for each key; a row is not similar to itself, and one without a vector to nothing. */
export async function listSimilar(
  { db, database }: Pick<RequestContext, 'db' | 'database'>,
  target: SearchTarget,
  { keys, filter = null, minSimilarity, limit }: SimilarRequest,
): Promise<Similar[]> {
  const engine = database.engine;
  const candidates = candidateCount(target, engine, limit);
  const settings = await scanSettings(database, candidates);
  const { table, key, embedding } = namesOf(target);
  const order = nearestFirst(target, engine, {
    column: sql`t.${embedding}`,
    operand: operand(target, engine, sql`s.${embedding}`),
  });
  // Distances are taken of the candidates, after their limit: before it, every row that is read would be unpacked for one.
  return db.query<Similar>(sql`/* ${sql.raw(`${target.name}Similar`)} */
    with settings as materialized (select ${settings} as set)
    select s.${key} as key, n.key as "similarKey", 1 - n.distance as similarity
    from (${keys}) k join ${table} s on s.${key} = k.key and s.${embedding} is not null
    cross join lateral (
      select c.key, c.distance from (
        select c.key, c.embedding <=> s.${embedding} as distance from (
          select t.${key} as key, t.${embedding} as embedding from ${table} t
          where t.${embedding} is not null and t.${key} <> s.${key}${filter === null ? sql.raw('') : sql` and (${filter})`}
          order by ${order} limit ${sql.raw(String(candidates))}
        ) c
      ) c
      where c.distance <= ${maxDistance(minSimilarity)}::float8
      order by c.distance, c.key limit ${sql.raw(String(limit))}
    ) n
    where (select set from settings) is not null
    order by s.${key}, n.distance, n.key`);
}

/** With a little play: the distance of equal vectors is a rounding error, and NaN (from zeros) is greater than any number. */
export function maxDistance(minSimilarity: number): number {
  return 1 - minSimilarity + 1e-6;
}
