/** Full-text search over artifacts of every kind, with one statement. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { CursorValue, Row } from '../../kernel/read/index.js';
import {
  artifactColumns,
  artifactSelection,
  artifactTables,
  kindOf,
  unionOf,
  type ArtifactTable,
} from './artifact-tables.js';
import type { ArtifactKind } from '../domain/index.js';

export interface SearchRequest {
  readonly query: string;
  /** `owner/name`; null looks in all. */
  readonly repository: string | null;
  readonly kinds: readonly ArtifactKind[];
  /** Rank and id of the last match seen. */
  readonly after: readonly CursorValue[] | null;
  readonly limit: number;
}

/** A match: the artifact's columns as `_artifact_…`, as a carrying row has them. */
export interface MatchRow extends Row {
  /** Six decimals, as text, so that a cursor holds exactly what is compared. */
  readonly rank: string;
  readonly snippet: string;
}

const bodies: Readonly<Record<ArtifactTable['type'], string>> = {
  SystemContext: `concat_ws(' ', a.project_name, a.intended_use, a.markdown_content)`,
  Requirement: `concat_ws(' ', a.title, a.description, a.markdown_content)`,
  UserStory: `concat_ws(' ', a.title, a.as_a, a.i_want, a.so_that, a.markdown_content)`,
  Specification: `concat_ws(' ', a.title, a.design_approach, a.markdown_content)`,
  SignedEvidence: `a.title`,
};

/** Passages as plain text; a body is cut as in the index, so that one huge artifact can't cost a search its time. */
const headline = sql.raw(`'StartSel=«, StopSel=», MaxFragments=2, MaxWords=20, MinWords=8, FragmentDelimiter=" … "'`);

const matches = unionOf(
  (table) => sql`select ${kindOf(table)} as kind, round(ts_rank(a.search_vector, q.query)::numeric, 6) as rank,
      ${artifactSelection(table, 'a', '')} from ${sql.raw(table.table)} a, q
    where a.search_vector @@ q.query and (q.repository_id is null or a.repository_id = q.repository_id)`,
);
/** Read for the matches of the page alone. */
const body = sql.join(
  artifactTables.map(
    (table) => sql`when ${kindOf(table)} then (select left(${sql.raw(bodies[table.type])}, 100000)
      from ${sql.raw(table.table)} a where a.id = m.id)`,
  ),
  ' ',
);
const carried = sql.raw(artifactColumns.map((column) => `m.${column} as "_artifact_${column}"`).join(', '));

/** Best first; equal ranks by id. Nothing is found in a repository that is not registered. */
export async function listMatches(db: Queryable, request: SearchRequest): Promise<MatchRow[]> {
  const [rank, id] = request.after ?? [null, null];
  return db.query<MatchRow>(sql`/* traceability.searchArtifacts */
    with q as materialized (
      select websearch_to_tsquery('english', ${request.query}) as query, r.id as repository_id
      from (values (${request.repository}::text)) given (full_name)
      left join traceability.repositories r on r.full_name = given.full_name
      where given.full_name is null or r.id is not null
    )
    select m.kind as "_kind", m.rank, ${carried},
      ts_headline('english', case m.kind ${body} end, q.query, ${headline}) as snippet
    from (
      select m.* from (${matches}) m
      where m.kind = any(${request.kinds}::text[])
        and (${rank}::numeric is null or m.rank < ${rank}::numeric or (m.rank = ${rank}::numeric and m.id > ${id}::uuid))
      order by m.rank desc, m.id limit ${request.limit}
    ) m, q
    order by m.rank desc, m.id`);
}
