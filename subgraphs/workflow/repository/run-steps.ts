/** Steps of runs, elements of fan-outs, and the items that steps make. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { ElementCounts, StepState } from '../domain/run-plan.js';
import type { StepStatus } from '../domain/run-states.js';
import type { Json } from '../domain/template-spec.js';
import type { ApprovalTerms } from './work-items.js';

export interface RunStepRow {
  readonly id: string;
  readonly key: string;
  readonly status: StepStatus;
  readonly output: Json;
  readonly openItems: number;
}

export async function listRunSteps(tx: Transaction, runId: string): Promise<Map<string, RunStepRow>> {
  const rows = await tx.query<{ id: string; step_key: string; status: StepStatus; output: Json; open_items: number }>(
    sql`/* workflow.listRunSteps */
      select id, step_key, status, output, open_items from workflow.run_steps where run_id = ${runId}::uuid`,
  );
  return new Map(
    rows.map((row) => [
      row.step_key,
      { id: row.id, key: row.step_key, status: row.status, output: row.output, openItems: row.open_items },
    ]),
  );
}

export interface StepChange {
  readonly id: string;
  readonly status: StepStatus;
  readonly output?: Json;
  readonly error?: string | null;
  /** Added to the number of items that are not final. */
  readonly opened?: number;
}

export async function updateRunSteps(tx: Transaction, changes: readonly StepChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(sql`/* workflow.updateRunSteps */
    update workflow.run_steps s set status = c.status, output = c.output, error = c.error, open_items = s.open_items + c.opened,
      started_at = case when c.status = 'BLOCKED' then null when c.status in ('SKIPPED', 'CANCELLED') then s.started_at else coalesce(s.started_at, now()) end,
      completed_at = case when c.status in ('COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED') then now() end
    from unnest(
      ${changes.map((change) => change.id)}::uuid[],
      ${changes.map((change) => change.status)}::text[],
      ${changes.map((change) => (change.output == null ? null : sql.json(change.output)))}::jsonb[],
      ${changes.map((change) => change.error ?? null)}::text[],
      ${changes.map((change) => change.opened ?? 0)}::int4[]
    ) c (id, status, output, error, opened)
    where s.id = c.id`);
}

/** Counts items that became final (-1 each) or were opened again. Answers how many of the step are open now. */
export async function updateOpenItems(tx: Transaction, stepId: string, opened: number): Promise<number> {
  const [row] = await tx.query<{ open_items: number }>(sql`/* workflow.updateOpenItems */
    update workflow.run_steps set open_items = open_items + ${opened}::int4 where id = ${stepId}::uuid returning open_items`);
  return row?.open_items ?? 0;
}

export interface NewElement {
  readonly key: string;
  readonly content: Json;
}

export async function insertElements(tx: Transaction, stepId: string, elements: readonly NewElement[]): Promise<void> {
  await tx.query(sql`/* workflow.insertElements */
    insert into workflow.run_elements (run_step_id, item_key, content)
    select ${stepId}::uuid, key, content from unnest(
      ${elements.map((element) => element.key)}::text[], ${elements.map((element) => sql.json(element.content))}::jsonb[]
    ) e (key, content)`);
}

/** The element's content, and what its steps have come to. */
export async function findElement(
  tx: Transaction,
  input: { readonly runId: string; readonly fanOutId: string; readonly key: string },
): Promise<{ readonly content: Json; readonly status: string; readonly states: Map<string, StepState> }> {
  const [element] = await tx.query<{ content: Json; status: string; states: Record<string, StepState> | null }>(
    sql`/* workflow.findElement */
      select e.content, e.status, (
        select jsonb_object_agg(s.step_key, jsonb_build_object('status',
          case when i.status in ('QUEUED', 'PROCESSING') then 'OPEN' else i.status::text end, 'output', i.result))
        from workflow.run_steps s join workflow.work_items i on i.run_step_id = s.id and i.item_key = e.item_key
        where s.run_id = ${input.runId}::uuid) as states
      from workflow.run_elements e where e.run_step_id = ${input.fanOutId}::uuid and e.item_key = ${input.key}`,
  );
  if (element === undefined) throw new Error(`run ${input.runId} has no element ${input.key}`);
  return { content: element.content, status: element.status, states: new Map(Object.entries(element.states ?? {})) };
}

export async function updateElements(
  tx: Transaction,
  stepId: string,
  changes: readonly {
    readonly key: string;
    readonly status: 'OPEN' | 'COMPLETED' | 'FAILED';
    readonly error: string | null;
  }[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.query(sql`/* workflow.updateElements */
    update workflow.run_elements e set status = c.status, error = c.error from unnest(
      ${changes.map((change) => change.key)}::text[], ${changes.map((change) => change.status)}::text[],
      ${changes.map((change) => change.error)}::text[]
    ) c (key, status, error)
    where e.run_step_id = ${stepId}::uuid and e.item_key = c.key`);
}

export async function countElements(tx: Transaction, stepId: string): Promise<ElementCounts> {
  const [row] = await tx.query<{ elements: number; completed: number; failed: number }>(sql`/* workflow.countElements */
    select count(*) as elements, count(*) filter (where status = 'COMPLETED') as completed,
      count(*) filter (where status = 'FAILED') as failed
    from workflow.run_elements where run_step_id = ${stepId}::uuid`);
  return { elements: row?.elements ?? 0, completed: row?.completed ?? 0, failed: row?.failed ?? 0 };
}

export interface NewStepItem {
  readonly stepKey: string;
  readonly stepId: string;
  readonly itemKey: string;
  readonly type: string;
  readonly priority: string;
  readonly content: Json;
  readonly schemaId: string | null;
  readonly capabilities: readonly string[];
  readonly maxRetries: number;
  readonly retryPolicy: unknown;
  readonly attemptSeconds: number;
  /** PROCESSING for what waits for a person, final for what is decided at once. */
  readonly status: 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
  readonly approvalTerms: ApprovalTerms | null;
  readonly result: Json;
  readonly error: string | null;
}

/** Makes the items, each once: a step that is released again makes nothing twice. Answers ids in the order given. */
export async function insertStepItems(
  tx: Transaction,
  run: { readonly id: string; readonly workOrderId: string },
  items: readonly NewStepItem[],
): Promise<string[]> {
  if (items.length === 0) return [];
  // One JSON document instead of sixteen arrays: lists of lists are no PostgreSQL arrays.
  const rows = await tx.query<{ id: string; key: string }>(sql`/* workflow.insertStepItems */
    insert into workflow.work_items (work_order_id, run_id, run_step_id, item_key, schema_id, type, status, priority, content, result,
      error, required_capabilities, requires_approval, approval_status, approval_terms, max_retries, retry_policy, attempt_seconds,
      completed_at)
    select ${run.workOrderId}::uuid, ${run.id}::uuid, n."stepId", n."itemKey", n."schemaId", n.type, n.status, n.priority, n.content,
      nullif(n.result, 'null'::jsonb), n.error, n.capabilities, n."approvalTerms" is not null,
      case when n."approvalTerms" is null then 'NOT_REQUIRED' else 'PENDING' end, n."approvalTerms", n."maxRetries", n."retryPolicy",
      n."attemptSeconds", case when n.status in ('COMPLETED', 'FAILED') then now() end
    from jsonb_to_recordset(${sql.json(items)}::jsonb) n ("stepId" uuid, "itemKey" text, type workflow.work_item_type,
      priority workflow.priority, content jsonb, "schemaId" uuid, capabilities text[], "maxRetries" int4, "retryPolicy" jsonb,
      "attemptSeconds" int4, status workflow.work_item_status, "approvalTerms" jsonb, result jsonb, error text)
    returning id, run_step_id || '/' || item_key as key`);
  const ids = new Map(rows.map((row) => [row.key, row.id]));
  return items.map((item) => ids.get(`${item.stepId}/${item.itemKey}`) ?? '');
}

/** Everything of the run that is not final ends with it. Its items are ended before. */
export async function cancelSteps(tx: Transaction, runId: string): Promise<void> {
  await tx.query(sql`/* workflow.cancelSteps */
    with steps as (
      update workflow.run_steps set status = 'CANCELLED', open_items = 0, completed_at = now()
      where run_id = ${runId}::uuid and (status in ('BLOCKED', 'READY', 'RUNNING') or open_items > 0) returning id
    )
    update workflow.run_elements e set status = 'FAILED', error = 'cancelled' from steps
    where e.run_step_id = steps.id and e.status = 'OPEN'`);
}

/** Steps within a fan-out end with it. */
export async function settleInnerSteps(tx: Transaction, runId: string, keys: readonly string[]): Promise<void> {
  await tx.query(sql`/* workflow.settleInnerSteps */
    update workflow.run_steps s set completed_at = now(), status = case
      when exists (select from workflow.work_items i where i.run_step_id = s.id and i.status = 'FAILED') then 'FAILED'
      when exists (select from workflow.work_items i where i.run_step_id = s.id) then 'COMPLETED' else 'SKIPPED' end
    where s.run_id = ${runId}::uuid and s.step_key = any(${keys}::text[])`);
}
