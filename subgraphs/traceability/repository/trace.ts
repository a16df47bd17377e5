/** Traces: everything that links lead to from one artifact, with one statement. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import type { Row } from '../../kernel/read/index.js';
import type { EdgeRelation, LinkStatus } from '../domain/index.js';
import { allArtifacts, artifactColumns, type ArtifactTable } from './artifact-tables.js';

export const maxTraceDepth = 10;
const maxSteps = 1_000;

/** The artifact's columns as `_artifact_…`, as a carrying row has them. */
export interface TraceStep extends Row {
  readonly depth: number;
  readonly from: string | null;
  readonly linkStatus: LinkStatus | null;
  readonly relation: EdgeRelation | null;
}

export interface Trace {
  /** The start first, nearest next; empty when there is no such artifact. */
  readonly steps: readonly TraceStep[];
  readonly isTruncated: boolean;
}

export interface TraceRequest {
  readonly table: ArtifactTable;
  readonly key: string;
  readonly direction: 'UPWARD' | 'DOWNWARD';
  /** Links, 1 to {@link maxTraceDepth}. */
  readonly maxDepth: number;
}

const carried = sql.raw(artifactColumns.map((column) => `a.${column} as "_artifact_${column}"`).join(', '));

const directions = {
  UPWARD: sql.raw(`l.source_repository_id as repository_id, l.source_id as gxp_id from traceability.links l
      where l.repository_id = step.repository_id and l.target_id = step.gxp_id and l.source_repository_id is not null`),
  DOWNWARD: sql.raw(`l.repository_id, l.target_id as gxp_id from traceability.links l
      where l.source_repository_id = step.repository_id and l.source_id = step.gxp_id`),
} as const;

/**
 * Each way into an artifact is a step, at its least depth: in a graph there are more walks than anyone could read. One level
 * more than asked for is walked, and one step more is read: they tell whether there is more.
 */
export async function findTrace(db: Queryable, { table, key, direction, maxDepth }: TraceRequest): Promise<Trace> {
  const rows = await db.query<TraceStep>(sql`/* traceability.trace */
    with recursive step (repository_id, gxp_id, depth, "from", status, relation) as (
      select repository_id, gxp_id, 0, null::text, null::text, null::text from ${sql.raw(table.table)} where id = ${key}
      union
      select next.repository_id, next.gxp_id, step.depth + 1, step.gxp_id, next.status, next.relation
      from (select distinct repository_id, gxp_id, depth from step) step
      cross join lateral (select l.status, l.relation, ${directions[direction]}) next
      where step.depth <= ${maxDepth}
    ), start as (
      select repository_id, gxp_id from step where depth = 0
    ), nearest as (
      select distinct on (repository_id, gxp_id, "from") * from step
      where depth = 0 or (repository_id, gxp_id) not in (select repository_id, gxp_id from start)
      order by repository_id, gxp_id, "from", depth
    )
    select step.depth, step."from", step.status as "linkStatus", step.relation, a.kind as "_kind", ${carried}
    from (select * from nearest order by depth, gxp_id, repository_id, "from" limit ${maxSteps + 1}) step
    join ${allArtifacts} a on a.repository_id = step.repository_id and a.gxp_id = step.gxp_id
    order by step.depth, step.gxp_id, step.repository_id, step."from"`);
  const steps = rows.filter((row) => row.depth <= maxDepth).slice(0, maxSteps);
  return { steps, isTruncated: steps.length < rows.length };
}
