/** Runs: their start, their lock, their end, and what the sweeper looks at. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { RunStatus } from '../domain/run-states.js';
import type { Json, TemplateSpec } from '../domain/template-spec.js';

export interface LockedRun {
  readonly id: string;
  readonly workOrderId: string;
  readonly templateId: string;
  readonly status: RunStatus;
  readonly version: number;
  readonly priority: string;
  readonly startedBy: string | null;
  readonly attemptsUsed: number;
  readonly tokensUsed: number;
  readonly costUsed: number;
  readonly maxAttempts: number | null;
  readonly maxTokens: number | null;
  readonly maxCost: number | null;
  readonly isOverdue: boolean;
}

interface RunRow {
  readonly id: string;
  readonly work_order_id: string;
  readonly workflow_template_id: string;
  readonly status: RunStatus;
  readonly version: number;
  readonly priority: string;
  readonly started_by: string | null;
  readonly attempts_used: number;
  readonly tokens_used: number;
  readonly cost_used: number;
  readonly max_attempts: number | null;
  readonly max_tokens: number | null;
  readonly max_cost: number | null;
  readonly is_overdue: boolean;
}

/** In one order for all; items are locked before their runs, orders after them. */
export async function lockRuns(tx: Transaction, ids: readonly string[]): Promise<Map<string, LockedRun>> {
  if (ids.length === 0) return new Map();
  await tx.query(sql`/* workflow.lockRuns */
    select from workflow.runs where id = any(${ids}::uuid[]) order by id for no key update`);
  const rows = await tx.query<RunRow>(sql`/* workflow.listLockedRuns */
    select r.id, r.work_order_id, r.workflow_template_id, r.status, r.version, o.priority, r.started_by, r.attempts_used,
      r.tokens_used::float8 as tokens_used, r.cost_used::float8 as cost_used, r.max_attempts,
      r.max_tokens::float8 as max_tokens, r.max_cost::float8 as max_cost, coalesce(r.deadline_at <= now(), false) as is_overdue
    from workflow.runs r join workflow.work_orders o on o.id = r.work_order_id
    where r.id = any(${ids}::uuid[])`);
  return new Map(rows.map((row) => [row.id, toRun(row)]));
}

function toRun(row: RunRow): LockedRun {
  return {
    id: row.id,
    workOrderId: row.work_order_id,
    templateId: row.workflow_template_id,
    status: row.status,
    version: row.version,
    priority: row.priority,
    startedBy: row.started_by,
    attemptsUsed: row.attempts_used,
    tokensUsed: row.tokens_used,
    costUsed: row.cost_used,
    maxAttempts: row.max_attempts,
    maxTokens: row.max_tokens,
    maxCost: row.max_cost,
    isOverdue: row.is_overdue,
  };
}

export interface NewRun {
  readonly workOrderId: string;
  readonly templateId: string;
  readonly input: Json;
  readonly startedBy: string;
  readonly spec: TemplateSpec;
}

/** A run and all its steps, none of them released. It is never looked at before its deadline unless something asks for it. */
export async function insertRun(
  tx: Transaction,
  { workOrderId, templateId, input, startedBy, spec }: NewRun,
): Promise<string> {
  const { attempts, tokens, cost, seconds } = spec.budget;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertRun */
    with run as (
      insert into workflow.runs (work_order_id, workflow_template_id, status, input, max_attempts, max_tokens, max_cost, deadline_at,
        started_by, started_at, next_check_at)
      values (${workOrderId}::uuid, ${templateId}::uuid, 'RUNNING', ${sql.json(input)}::jsonb, ${attempts}::int4, ${tokens}::int8,
        ${cost}::numeric, now() + make_interval(secs => ${seconds}::float8), ${startedBy}, now(),
        coalesce(now() + make_interval(secs => ${seconds}::float8), 'infinity'))
      returning id
    ), steps as (
      insert into workflow.run_steps (run_id, step_key, kind)
      select run.id, key, kind from run, unnest(${spec.steps.map((step) => step.key)}::text[], ${spec.steps.map((step) => step.kind)}::text[]) s (key, kind)
    )
    select id from run`);
  if (row === undefined) throw new Error('the run was not inserted');
  return row.id;
}

/** Raises the version, as every change of a run by hand does. */
export async function updateRunStatus(
  tx: Transaction,
  change: {
    readonly id: string;
    readonly status: RunStatus;
    readonly output?: unknown;
    readonly error?: string | null;
  },
): Promise<number> {
  const { id, status, output = null, error = null } = change;
  const isFinal = status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
  const [row] = await tx.query<{ version: number }>(sql`/* workflow.updateRunStatus */
    update workflow.runs set status = ${status}, version = version + 1,
      output = ${output === null ? null : sql.json(output)}::jsonb, error = ${error},
      completed_at = case when ${isFinal} then now() end
    where id = ${id}::uuid returning version`);
  return row?.version ?? 0;
}

/** Has the sweeper look at the run with its next round. */
export async function requestRunCheck(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    sql`/* workflow.requestRunCheck */ update workflow.runs set next_check_at = now() where id = ${id}::uuid`,
  );
}

/** Runs that something has asked to be looked at: their budget or their time is used up. */
export async function listRunsToCheck(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* workflow.listRunsToCheck */
    select id from workflow.runs where status in ('PENDING', 'RUNNING') and next_check_at <= now()
    order by next_check_at, id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Not again until something asks for it. */
export async function updateRunChecked(tx: Transaction, id: string): Promise<void> {
  await tx.query(sql`/* workflow.updateRunChecked */
    update workflow.runs set next_check_at = coalesce(case when deadline_at > now() then deadline_at end, 'infinity') where id = ${id}::uuid`);
}

/** Items of a run that wait to be claimed, the first by age. */
export async function listQueuedWorkItems(db: Queryable, runId: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* workflow.listQueuedWorkItems */
    select id from workflow.work_items where run_id = ${runId}::uuid and status = 'QUEUED' order by created_at, id limit ${limit}`);
  return rows.map((row) => row.id);
}

/** The budget of the template once more, on top of what is spent: a redrive may not fail on what went before it. */
export async function updateRunBudget(tx: Transaction, id: string, { budget }: TemplateSpec): Promise<void> {
  await tx.query(sql`/* workflow.updateRunBudget */
    update workflow.runs set max_attempts = attempts_used + ${budget.attempts}::int4, max_tokens = tokens_used + ${budget.tokens}::int8,
      max_cost = cost_used + ${budget.cost}::numeric, deadline_at = now() + make_interval(secs => ${budget.seconds}::float8),
      next_check_at = coalesce(now() + make_interval(secs => ${budget.seconds}::float8), 'infinity')
    where id = ${id}::uuid`);
}

/** What a run never changes, kept by its process: a list of 10,000 elements is not to be read at each of their steps. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Reads it when it is not kept. More than `most` start over. */
  async get(key: string, read: () => Promise<Value>): Promise<Value> {
    const kept = this.#values.get(key);
    if (kept !== undefined) return kept;
    const value = await read();
    if (this.#values.size >= this.#most) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}

const specs = new Kept<TemplateSpec>(200);
const inputs = new Kept<Json>(20);

/** What a template says. A version that a run has used never changes. */
export function findTemplateSpec(db: Queryable, templateId: string): Promise<TemplateSpec> {
  return specs.get(templateId, async () => {
    const [row] = await db.query<{ spec: TemplateSpec }>(sql`/* workflow.findTemplateSpec */
      select spec from workflow.workflow_templates where id = ${templateId}::uuid`);
    if (row === undefined) throw new Error(`there is no template ${templateId}`);
    return row.spec;
  });
}

/** What a run was started with. */
export function findRunInput(db: Queryable, runId: string): Promise<Json> {
  return inputs.get(runId, async () => {
    const [row] = await db.query<{ input: Json }>(sql`/* workflow.findRunInput */
      select input from workflow.runs where id = ${runId}::uuid`);
    return row?.input ?? null;
  });
}

export interface LockedTemplate {
  readonly spec: TemplateSpec;
  readonly isActive: boolean;
}

/** Held unchanged until the run that is being started stands, and keeps it so for good. */
export async function lockTemplate(tx: Transaction, id: string): Promise<LockedTemplate | null> {
  const [row] = await tx.query<{ spec: TemplateSpec; is_active: boolean }>(sql`/* workflow.lockTemplate */
    select spec, is_active from workflow.workflow_templates where id = ${id}::uuid for share`);
  return row === undefined ? null : { spec: row.spec, isActive: row.is_active };
}

export interface SchemaVersion {
  readonly id: string;
  readonly definition: unknown;
}

export async function findSchemaVersion(db: Queryable, name: string, version: number): Promise<SchemaVersion | null> {
  const [row] = await db.query<{ id: string; definition: unknown }>(sql`/* workflow.findSchemaVersion */
    select id, definition from workflow.schemas where name = ${name} and version = ${version}`);
  return row ?? null;
}

/** The definition; null when there is none or it is not active any more. */
export async function findSchemaById(db: Queryable, id: string): Promise<unknown> {
  const [row] = await db.query<{ definition: unknown }>(sql`/* workflow.findSchemaById */
    select definition from workflow.schemas where id = ${id}::uuid and is_active`);
  return row?.definition ?? null;
}
