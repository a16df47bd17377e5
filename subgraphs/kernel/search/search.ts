/** Search by words, by vector, or both fused by reciprocal rank, with one statement. */
import type { RequestContext } from '../context.js';
import { sql, type DatabaseEngine, type SqlStatement } from '../db/index.js';
import { assertNever } from '../errors/index.js';
import { scanSettings } from './scan-settings.js';
import { maxDistance } from './similar.js';
import { candidateCount, namesOf, nearestFirst, operand, type SearchTarget } from './target.js';
import { textQuery, type TextQuery } from './text-query.js';
import { toVectorText } from './vector.js';

export type SearchMode = 'VECTOR' | 'TEXT' | 'HYBRID';

/** A checked vector, or the key of a row whose vector it is; that row itself is not found by it. */
export type Probe = { readonly vector: ArrayLike<number> } | { readonly key: string };

interface ByVector {
  readonly near: Probe;
  /** Cosine, -1 to 1: what is less near is not found by its vector. Words find it all the same. */
  readonly minSimilarity: number;
  /** Compares with every row instead of asking the index: for tests and benches. */
  readonly exact?: boolean;
}

export type SearchQuestion =
  | { readonly mode: 'TEXT'; readonly text: string }
  /** `text` is only what snippets show; null shows the beginning. */
  | ({ readonly mode: 'VECTOR'; readonly text: string | null } & ByVector)
  | ({ readonly mode: 'HYBRID'; readonly text: string } & ByVector);

export type SearchRequest = SearchQuestion & {
  /** A condition over the row `t`. */
  readonly filter?: SqlStatement | null;
  /** Score and key of the last hit seen. */
  readonly after?: { readonly score: string; readonly key: string } | null;
  readonly limit: number;
};

export interface SearchHit {
  readonly key: string;
  /** What hits are ordered by: similarity, rank of the words, or the fused one. Text of nine decimals, exact in a cursor. */
  readonly score: string;
  /** Cosine, -1 to 1. Null by words alone, and for a row without a vector. */
  readonly similarity: number | null;
  /** The best passages as plain text, with `«` and `»` around words that match. */
  readonly snippet: string;
}

/** What either way of searching contributes to a fused search; the same on every page, or scores would differ between them. */
const fused = 100;
/** Hits by vector that can be paged through. */
const deepest = 200;
/**
 * Of reciprocal rank fusion: how little the very first places count. 60, as its authors have it, is for many lists of a
 * thousand; for two of a hundred, nDCG@10 over 235 labelled questions is 0.596 with 10 and 0.589 with 60.
 */
const smoothing = 10;

const nothing = sql.raw('');
const number = (value: number): SqlStatement => sql.raw(String(value));

/** Best first, equal scores by key. */
export async function search(
  { db, database }: Pick<RequestContext, 'db' | 'database'>,
  target: SearchTarget,
  request: SearchRequest,
): Promise<SearchHit[]> {
  const query = request.text === null ? null : textQuery(request.text, request.mode === 'HYBRID' ? 'most' : 'any');
  const { table, key } = namesOf(target);
  const parts: SqlStatement[] = [];
  if (request.mode !== 'TEXT') {
    const wanted =
      request.mode === 'HYBRID' ? fused : request.after == null ? Math.max(40, request.limit * 2) : deepest;
    const candidates = candidateCount(target, database.engine, wanted);
    const settings = await scanSettings(database, candidates);
    parts.push(probe(target, database.engine, request.near, settings));
    parts.push(nearest(target, request, { engine: database.engine, candidates, wanted }));
  }
  if (query !== null && request.mode !== 'VECTOR') parts.push(worded(target, request, query));
  return db.query<SearchHit>(sql`/* ${sql.raw(target.name)} */
    with ${sql.join(parts, ', ')}
    select h.key, h.score, ${similarityOf(target, request.mode)} as similarity, ${snippetOf(target, query?.rank ?? null)} as snippet
    from (select * from (${ranked(request.mode)}) r${beyond(request.after ?? null)}
      order by r.score desc, r.key limit ${number(request.limit)}) h
    join ${table} t on t.${key} = h.key
    order by h.score desc, h.key`);
}

/** The settings of the scan are selected here because every scan depends on this row, and so comes after it. */
function probe(target: SearchTarget, engine: DatabaseEngine, near: Probe, settings: SqlStatement): SqlStatement {
  const { table, key, embedding } = namesOf(target);
  const source =
    'vector' in near
      ? sql`(select ${toVectorText(near.vector)}::vector as whole)`
      : sql`(select s.${embedding} as whole from ${table} s where s.${key} = ${near.key}::uuid)`;
  return sql`probe as materialized (
      select p.whole, ${operand(target, engine, sql`p.whole`)} as indexed, ${settings} as settings
      from ${source} p where p.whole is not null)`;
}

interface NearestPlan {
  readonly engine: DatabaseEngine;
  readonly candidates: number;
  readonly wanted: number;
}

/**
 * Candidates in the index's order, then ranked by the whole vector. Distances are taken after the candidates' limit: before
 * it, every row that is read would be unpacked for one.
 */
function nearest(
  target: SearchTarget,
  request: Exclude<SearchRequest, { mode: 'TEXT' }>,
  { engine, candidates, wanted }: NearestPlan,
): SqlStatement {
  const { table, key, embedding } = namesOf(target);
  const { near, exact = false } = request;
  const itself = 'key' in near ? sql` and t.${key} <> ${near.key}::uuid` : nothing;
  const order = exact
    ? sql`t.${embedding} <=> (select whole from probe)`
    : nearestFirst(target, engine, { column: sql`t.${embedding}`, operand: sql`(select indexed from probe)` });
  return sql`nearest as (
      select n.key, 1 - n.distance as similarity, round((1 - n.distance)::numeric, 9) as score,
        row_number() over (order by n.distance, n.key) as place
      from (
        select c.key, c.embedding <=> (select whole from probe) as distance from (
          select t.${key} as key, t.${embedding} as embedding from ${table} t
          where t.${embedding} is not null and exists (select from probe)${itself}${filtered(request)}
          order by ${order} limit ${number(candidates)}
        ) c
      ) n
      where n.distance <= ${maxDistance(request.minSimilarity)}::float8
      order by n.distance, n.key limit ${number(wanted)})`;
}

/** Ranked by how many of the words match, how often, and how near to each other they stand. */
function worded(target: SearchTarget, request: SearchRequest, { match, rank }: TextQuery): SqlStatement {
  const { table, key, words } = namesOf(target);
  const bound = request.mode === 'HYBRID' ? sql` order by w.score desc, w.key limit ${number(fused)}` : nothing;
  return sql`worded as (
      select w.key, w.score, row_number() over (order by w.score desc, w.key) as place
      from (
        select t.${key} as key, round(ts_rank(t.${words}, ${rank})::numeric, 9) as score
        from ${table} t where t.${words} @@ ${match}${filtered(request)}
      ) w${bound})`;
}

function filtered({ filter }: SearchRequest): SqlStatement {
  return filter == null ? nothing : sql` and (${filter})`;
}

function ranked(mode: SearchMode): SqlStatement {
  switch (mode) {
    case 'VECTOR':
      return sql`select key, score, similarity from nearest`;
    case 'TEXT':
      return sql`select key, score from worded`;
    case 'HYBRID':
      return sql`select key, round(coalesce(1.0 / (${number(smoothing)} + n.place), 0)
        + coalesce(1.0 / (${number(smoothing)} + w.place), 0), 9) as score from nearest n full join worded w using (key)`;
    default:
      return assertNever(mode);
  }
}

function beyond(after: SearchRequest['after']): SqlStatement {
  if (after == null) return nothing;
  const { score, key } = after;
  return sql` where r.score < ${score}::numeric or (r.score = ${score}::numeric and r.key > ${key}::uuid)`;
}

/** What only words have found has its similarity taken too, for the rows of the page. */
function similarityOf(target: SearchTarget, mode: SearchMode): SqlStatement {
  if (mode === 'TEXT') return sql`null::float8`;
  if (mode === 'VECTOR') return sql`h.similarity`;
  return sql`1 - nullif(t.${namesOf(target).embedding} <=> (select whole from probe), 'NaN')`;
}

const headline = sql.raw(`'StartSel=«, StopSel=», MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" … "'`);

/** A body is cut as in the index, so that one huge text can't cost a search its time. */
function snippetOf(target: SearchTarget, query: SqlStatement | null): SqlStatement {
  const { body } = namesOf(target);
  return query === null
    ? sql`left(${body}, 200)`
    : sql`ts_headline('english', left(${body}, 100000), ${query}, ${headline})`;
}
