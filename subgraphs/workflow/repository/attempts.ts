/** What belongs to an attempt: the tools that it called, and how its outcome was scored. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';

/** Whether the attempt has called, without an error, the tool of its step. */
export async function hasToolCall(tx: Transaction, attemptId: string): Promise<boolean> {
  const rows = await tx.query(sql`/* workflow.hasToolCall */
    select from workflow.tool_calls where attempt_id = ${attemptId}::uuid and finished_at is not null and error is null limit 1`);
  return rows.length > 0;
}

/** Whether the item's last attempt was this agent's, and completed with this output. */
export async function isLastAttemptAlike(
  db: Queryable,
  { workItemId, agentId, output }: { readonly workItemId: string; readonly agentId: string; readonly output: unknown },
): Promise<boolean> {
  const rows = await db.query(sql`/* workflow.isLastAttemptAlike */
    select from (select status, agent_id, output from workflow.attempts where work_item_id = ${workItemId}::uuid
      order by number desc limit 1) as last
    where status = 'COMPLETED' and agent_id = ${agentId} and coalesce(output, 'null') = ${sql.json(output)}::jsonb`);
  return rows.length > 0;
}

export interface StepEvaluation {
  /** The item of the evaluation itself. */
  readonly workItemId: string;
  /** The step whose output was evaluated. */
  readonly ofStepKey: string;
  readonly evaluator: string;
  readonly metric: string;
  readonly score: number;
  readonly passed: boolean;
  readonly details: unknown;
}

/** The result belongs to the item that was evaluated; to the evaluation's own when that step makes none. */
export async function insertStepEvaluation(tx: Transaction, evaluation: StepEvaluation): Promise<string> {
  const { workItemId, ofStepKey, evaluator, metric, score, passed, details } = evaluation;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertStepEvaluation */
    insert into workflow.eval_results (work_item_id, attempt_id, evaluator, metric, score, passed, details)
    select coalesce(evaluated.id, i.id), (select a.id from workflow.attempts a where a.work_item_id = coalesce(evaluated.id, i.id)
        and a.status = 'COMPLETED' order by a.number desc limit 1),
      ${evaluator}, ${metric}, ${score}, ${passed}, ${sql.json(details)}::jsonb
    from workflow.work_items i
    left join workflow.run_steps s on s.run_id = i.run_id and s.step_key = ${ofStepKey}
    left join workflow.work_items evaluated on evaluated.run_step_id = s.id and evaluated.item_key in (i.item_key, '-')
    where i.id = ${workItemId}::uuid order by evaluated.item_key = i.item_key desc nulls last limit 1
    returning id`);
  return row?.id ?? '';
}

export interface NewToolCall {
  readonly attemptId: string;
  readonly toolId: string;
  readonly calledBy: string;
  readonly input: unknown;
}

export async function insertToolCall(tx: Transaction, call: NewToolCall): Promise<string> {
  const { attemptId, toolId, calledBy, input } = call;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertToolCall */
    insert into workflow.tool_calls (attempt_id, tool_id, called_by, input)
    values (${attemptId}::uuid, ${toolId}::uuid, ${calledBy}, ${sql.json(input)}::jsonb) returning id`);
  return row?.id ?? '';
}

export interface BegunToolCall {
  readonly attemptId: string;
  readonly workItemId: string;
  readonly isFinished: boolean;
  readonly outputSchema: unknown;
}

export async function findToolCall(db: Queryable, id: string): Promise<BegunToolCall | null> {
  const [row] = await db.query<BegunToolCall>(sql`/* workflow.findToolCall */
    select c.attempt_id as "attemptId", a.work_item_id as "workItemId", c.finished_at is not null as "isFinished",
      t.output_schema as "outputSchema"
    from workflow.tool_calls c join workflow.attempts a on a.id = c.attempt_id join workflow.tools t on t.id = c.tool_id
    where c.id = ${id}::uuid`);
  return row ?? null;
}

/** False when it was finished already. */
export async function updateToolCall(
  tx: Transaction,
  call: { readonly id: string; readonly output: unknown; readonly error: string | null },
): Promise<boolean> {
  const rows = await tx.query(sql`/* workflow.updateToolCall */
    update workflow.tool_calls set finished_at = now(), error = ${call.error},
      output = ${call.output === null ? null : sql.json(call.output)}::jsonb
    where id = ${call.id}::uuid and finished_at is null returning id`);
  return rows.length > 0;
}
