/** Scores of what came of items, and what they say together: each report is one statement. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { Evaluation, Interval, Period } from '../domain/evaluation-rules.js';

/** The item, held until the transaction ends, and its attempt, null when it has no such. Null when there is no such item. */
export async function lockEvaluated(
  tx: Transaction,
  { workItemId, attemptId }: { readonly workItemId: string; readonly attemptId: string | null },
): Promise<{ readonly attempt: string | null } | null> {
  const [found] = await tx.query<{ attempt: string | null }>(sql`/* workflow.lockEvaluated */
    select (select a.id from workflow.attempts a where a.id = ${attemptId}::uuid and a.work_item_id = i.id) as attempt
    from workflow.work_items i where i.id = ${workItemId}::uuid for key share`);
  return found ?? null;
}

export interface NewEvaluation extends Evaluation {
  readonly workItemId: string;
  readonly attemptId: string | null;
  readonly passed: boolean;
}

export async function insertEvaluation(
  tx: Transaction,
  { workItemId, attemptId, evaluator, metric, score, passed, details }: NewEvaluation,
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertEvaluation */
    insert into workflow.eval_results (work_item_id, attempt_id, evaluator, metric, score, passed, details)
    values (${workItemId}::uuid, ${attemptId}::uuid, ${evaluator}, ${metric}, ${score}::float8, ${passed},
      ${sql.json(details)}::jsonb) returning id`);
  if (row === undefined) throw new Error('an evaluation was not stored');
  return row.id;
}

export interface ScoreFilter extends Period {
  readonly evaluator: string | null;
  readonly metric: string | null;
}

const mostRows = 1_000;

export interface TemplateScore {
  /** Midnight UTC at which the interval begins. */
  readonly period: string;
  readonly templateId: string;
  readonly templateName: string;
  readonly templateVersion: number;
  readonly metric: string;
  readonly evaluations: number;
  readonly averageScore: number;
  readonly passRate: number;
}

/** Of items that runs made, by template version and metric, in the order of time. */
export function listTemplateScores(
  db: Queryable,
  filter: ScoreFilter & { readonly interval: Interval; readonly templateName: string | null },
): Promise<TemplateScore[]> {
  const { from, to, evaluator, metric, interval, templateName } = filter;
  return db.query<TemplateScore>(sql`/* workflow.templateScores */
    select date_trunc(${interval.toLowerCase()}::text, e.created_at, 'UTC') as period, t.id as "templateId",
      t.name as "templateName", t.version as "templateVersion", e.metric, count(*)::int4 as evaluations,
      avg(e.score)::float8 as "averageScore", avg(e.passed::int4)::float8 as "passRate"
    from workflow.eval_results e
    join workflow.work_items i on i.id = e.work_item_id
    join workflow.runs r on r.id = i.run_id
    join workflow.workflow_templates t on t.id = r.workflow_template_id
    where e.created_at >= ${from}::timestamptz and e.created_at < ${to}::timestamptz
      and (${evaluator}::text is null or e.evaluator = ${evaluator}) and (${metric}::text is null or e.metric = ${metric})
      and (${templateName}::text is null or t.name = ${templateName})
    group by 1, t.id, e.metric order by 1, t.name, t.version, e.metric limit ${mostRows}`);
}

export interface PassRate {
  readonly itemType: string;
  readonly metric: string;
  readonly evaluations: number;
  readonly passed: number;
  readonly passRate: number;
  readonly averageScore: number;
}

export function listPassRates(db: Queryable, { from, to, evaluator, metric }: ScoreFilter): Promise<PassRate[]> {
  return db.query<PassRate>(sql`/* workflow.passRates */
    select i.type as "itemType", e.metric, count(*)::int4 as evaluations, count(*) filter (where e.passed)::int4 as passed,
      avg(e.passed::int4)::float8 as "passRate", avg(e.score)::float8 as "averageScore"
    from workflow.eval_results e join workflow.work_items i on i.id = e.work_item_id
    where e.created_at >= ${from}::timestamptz and e.created_at < ${to}::timestamptz
      and (${evaluator}::text is null or e.evaluator = ${evaluator}) and (${metric}::text is null or e.metric = ${metric})
    group by i.type, e.metric order by i.type, e.metric limit ${mostRows}`);
}

export interface ModelUsage {
  readonly model: string | null;
  readonly attempts: number;
  readonly completed: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly inputTokens: number | bigint;
  readonly outputTokens: number | bigint;
  readonly cost: number;
  readonly averageSeconds: number | null;
}

/** Of attempts that began in the period, the most expensive model first. */
export function listModelUsage(db: Queryable, { from, to }: Period): Promise<ModelUsage[]> {
  return db.query<ModelUsage>(sql`/* workflow.modelUsage */
    select model, count(*)::int4 as attempts, count(*) filter (where status = 'COMPLETED')::int4 as completed,
      count(*) filter (where status = 'FAILED')::int4 as failed, count(*) filter (where status = 'TIMEOUT')::int4 as "timedOut",
      coalesce(sum(input_tokens), 0)::int8 as "inputTokens", coalesce(sum(output_tokens), 0)::int8 as "outputTokens",
      coalesce(sum(cost), 0)::float8 as cost, avg(extract(epoch from finished_at - started_at))::float8 as "averageSeconds"
    from workflow.attempts
    where started_at >= ${from}::timestamptz and started_at < ${to}::timestamptz
    group by model order by cost desc, attempts desc, model limit ${mostRows}`);
}
