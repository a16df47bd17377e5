/** What belongs to an attempt: the tools that it called, and how its outcome was scored. */
import { sql, type Transaction } from '../../kernel/db/index.js';

/** Whether the attempt has called, without an error, the tool of its step. */
export async function hasToolCall(tx: Transaction, attemptId: string): Promise<boolean> {
  const rows = await tx.query(sql`/* workflow.hasToolCall */
    select from workflow.tool_calls where attempt_id = ${attemptId}::uuid and finished_at is not null and error is null limit 1`);
  return rows.length > 0;
}

export interface StepEvaluation {
  /** The item of the evaluation itself. */
  readonly workItemId: string;
  readonly attemptId: string | null;
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
  const { workItemId, attemptId, ofStepKey, evaluator, metric, score, passed, details } = evaluation;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertStepEvaluation */
    insert into workflow.eval_results (work_item_id, attempt_id, evaluator, metric, score, passed, details)
    select coalesce(evaluated.id, i.id), ${attemptId}::uuid, ${evaluator}, ${metric}, ${score}, ${passed}, ${sql.json(details)}::jsonb
    from workflow.work_items i
    left join workflow.run_steps s on s.run_id = i.run_id and s.step_key = ${ofStepKey}
    left join workflow.work_items evaluated on evaluated.run_step_id = s.id and evaluated.item_key in (i.item_key, '-')
    where i.id = ${workItemId}::uuid order by evaluated.item_key = i.item_key desc nulls last limit 1
    returning id`);
  return row?.id ?? '';
}
