/** Work items while they change: locks, what a decision needs to know, and what was decided. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { AttemptStatus } from '../domain/attempt-states.js';
import type { ItemDecision } from '../domain/item-decisions.js';
import type { ApprovalStatus, ItemStatus } from '../domain/item-states.js';

/** An item as a change of it needs it. */
export interface WorkItemFacts {
  readonly id: string;
  readonly workOrderId: string;
  readonly runId: string | null;
  readonly runStepId: string | null;
  readonly stepKey: string | null;
  readonly stepKind: string | null;
  readonly itemKey: string | null;
  readonly status: ItemStatus;
  readonly approvalStatus: ApprovalStatus;
  /** Handed in, and nobody has signed yet. */
  readonly isWaiting: boolean;
  readonly approvalTerms: ApprovalTerms | null;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly retryPolicy: unknown;
  readonly version: number;
  readonly content: unknown;
  readonly leaseToken: string | null;
  readonly hasLiveLease: boolean;
  /** The attempt under way; null when there is none. */
  readonly attemptId: string | null;
  readonly isOverdue: boolean;
  /** Nobody has worked on it: it is nothing but an approval. */
  readonly isUntried: boolean;
  /** Over all attempts since it was made or last redriven. */
  readonly tokens: number;
  readonly cost: number;
  /** Since the first of these attempts began. */
  readonly seconds: number;
  readonly hasDeadLetter: boolean;
}

/** What is asked for when the item is handed in. */
export interface ApprovalTerms {
  readonly policyName: string;
  readonly policyVersion: number;
  readonly level: number;
  /** Null: what the policy says. */
  readonly escalateAfterSeconds: number | null;
}

interface FactsRow {
  readonly id: string;
  readonly work_order_id: string;
  readonly run_id: string | null;
  readonly run_step_id: string | null;
  readonly step_key: string | null;
  readonly step_kind: string | null;
  readonly item_key: string | null;
  readonly status: ItemStatus;
  readonly approval_status: ApprovalStatus;
  readonly is_waiting: boolean;
  readonly approval_terms: ApprovalTerms | null;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly retry_policy: unknown;
  readonly version: number;
  readonly content: unknown;
  readonly lease_token: string | null;
  readonly has_live_lease: boolean;
  readonly attempt_id: string | null;
  readonly is_overdue: boolean;
  readonly is_untried: boolean;
  readonly tokens: number;
  readonly cost: number;
  readonly seconds: number;
  readonly has_dead_letter: boolean;
}

/**
 * Locks items in one order for all, so that no two changes wait for each other. Only the lock: what a statement that
 * waited for a lock reads beside the locked row is what was there before the wait.
 */
export async function lockWorkItems(
  tx: Transaction,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly runId: string | null }[]> {
  const rows = await tx.query<{ id: string; run_id: string | null }>(sql`/* workflow.lockWorkItems */
    select id, run_id from workflow.work_items where id = any(${ids}::uuid[]) order by id for no key update`);
  return rows.map((row) => ({ id: row.id, runId: row.run_id }));
}

/** What decides about locked items. */
export async function listWorkItemFacts(tx: Transaction, ids: readonly string[]): Promise<WorkItemFacts[]> {
  const rows = await tx.query<FactsRow>(sql`/* workflow.listWorkItemFacts */
    select i.id, i.work_order_id, i.run_id, i.run_step_id, s.step_key, s.kind as step_kind, i.item_key, i.status, i.approval_status,
      i.status = 'PROCESSING' and i.lease_token is null as is_waiting, i.approval_terms, i.retry_count, i.max_retries,
      i.retry_policy, i.version, i.content, i.lease_token, coalesce(i.lease_expires_at > now(), false) as has_live_lease,
      a.attempt_id, coalesce(a.is_overdue, false) as is_overdue, coalesce(a.tries, 0) = 0 as is_untried, coalesce(a.tokens, 0)::float8 as tokens,
      coalesce(a.cost, 0)::float8 as cost, coalesce(a.seconds, 0)::float8 as seconds,
      exists (select from workflow.dead_letters d where d.work_item_id = i.id and d.resolved_at is null) as has_dead_letter
    from workflow.work_items i
    left join workflow.run_steps s on s.id = i.run_step_id
    left join lateral (
      select count(*) as tries, (array_agg(t.id) filter (where t.status = 'STARTED'))[1] as attempt_id,
        bool_or(t.status = 'STARTED' and t.deadline_at <= now()) as is_overdue,
        sum(coalesce(t.input_tokens, 0) + coalesce(t.output_tokens, 0)) filter (where t.started_at > l.redriven_at) as tokens,
        sum(t.cost) filter (where t.started_at > l.redriven_at) as cost,
        extract(epoch from now() - min(t.started_at) filter (where t.started_at > l.redriven_at)) as seconds
      from workflow.attempts t, (
        select coalesce(max(d.redriven_at), '-infinity') as redriven_at from workflow.dead_letters d where d.work_item_id = i.id
      ) l
      where t.work_item_id = i.id
    ) a on true
    where i.id = any(${ids}::uuid[]) order by i.id`);
  return rows.map(toFacts);
}

function toFacts(row: FactsRow): WorkItemFacts {
  return {
    id: row.id,
    workOrderId: row.work_order_id,
    runId: row.run_id,
    runStepId: row.run_step_id,
    stepKey: row.step_key,
    stepKind: row.step_kind,
    itemKey: row.item_key,
    status: row.status,
    approvalStatus: row.approval_status,
    isWaiting: row.is_waiting,
    approvalTerms: row.approval_terms,
    retryCount: row.retry_count,
    maxRetries: row.max_retries,
    retryPolicy: row.retry_policy,
    version: row.version,
    content: row.content,
    leaseToken: row.lease_token,
    hasLiveLease: row.has_live_lease,
    attemptId: row.attempt_id,
    isOverdue: row.is_overdue,
    isUntried: row.is_untried,
    tokens: row.tokens,
    cost: row.cost,
    seconds: row.seconds,
    hasDeadLetter: row.has_dead_letter,
  };
}

/** How the attempt under way went. */
export interface AttemptEnd {
  readonly status: Exclude<AttemptStatus, 'STARTED'>;
  readonly output: unknown;
  readonly error: string | null;
  readonly model: string | null;
  readonly inputTokens: number | bigint | null;
  readonly outputTokens: number | bigint | null;
  readonly cost: string | null;
}

export interface ItemChange {
  readonly item: WorkItemFacts;
  readonly decision: ItemDecision;
  /** Null keeps what there is. */
  readonly result: unknown;
  readonly error: string | null;
  readonly delaySeconds: number;
  readonly attempt: AttemptEnd | null;
}

/** Writes a decision: the item, the attempt that it ends, and what that cost the run. Answers the item's new version. */
export async function updateWorkItem(tx: Transaction, change: ItemChange): Promise<number> {
  const { item, decision, attempt } = change;
  const isFinal = decision.status === 'COMPLETED' || decision.status === 'FAILED';
  const [row] = await tx.query<{ version: number }>(sql`/* workflow.updateWorkItem */
    with ended as (
      update workflow.attempts set status = ${attempt?.status ?? 'FAILED'}::workflow.attempt_status,
        output = ${attempt?.output === undefined || attempt.output === null ? null : sql.json(attempt.output)}::jsonb,
        error = ${attempt?.error ?? null}, finished_at = now(), model = coalesce(${attempt?.model ?? null}, model),
        input_tokens = ${attempt?.inputTokens ?? null}::int8, output_tokens = ${attempt?.outputTokens ?? null}::int8,
        cost = ${attempt?.cost ?? null}::numeric
      where id = ${attempt === null ? null : item.attemptId}::uuid
      returning coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens, coalesce(cost, 0) as cost
    ), spent as (
      update workflow.runs r set tokens_used = r.tokens_used + e.tokens, cost_used = r.cost_used + e.cost
      from ended e where r.id = ${item.runId}::uuid and (e.tokens > 0 or e.cost > 0)
    )
    update workflow.work_items set status = ${decision.status}::workflow.work_item_status,
      approval_status = ${decision.approvalStatus}, retry_count = ${decision.retryCount}, version = version + 1,
      result = coalesce(${change.result === null || change.result === undefined ? null : sql.json(change.result)}::jsonb, result),
      error = ${change.error},
      next_attempt_at = case when ${decision.status} = 'QUEUED' then now() + make_interval(secs => ${change.delaySeconds}) else next_attempt_at end,
      lease_token = null, lease_expires_at = null, completed_at = case when ${isFinal} then now() end
    where id = ${item.id}::uuid returning version`);
  return row?.version ?? 0;
}

/** Lengthens a lease while it is alive. Answers its new end, or null. */
export async function updateLease(
  db: Queryable,
  lease: { readonly id: string; readonly leaseToken: string; readonly leaseSeconds: number },
): Promise<string | null> {
  const [row] = await db.query<{ lease_expires_at: string }>(sql`/* workflow.updateLease */
    update workflow.work_items set lease_expires_at = now() + make_interval(secs => ${lease.leaseSeconds})
    where id = ${lease.id}::uuid and lease_token = ${lease.leaseToken}::uuid and lease_expires_at > now()
      and status = 'PROCESSING'
    returning lease_expires_at`);
  return row?.lease_expires_at ?? null;
}

/** Items whose worker has gone silent or whose attempt has passed its deadline. */
export async function listOverdueWorkItems(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* workflow.listOverdueWorkItems */
    (select a.work_item_id as id from workflow.attempts a join workflow.work_items i on i.id = a.work_item_id
      where a.status = 'STARTED' and a.deadline_at <= now() and i.lease_token is not null order by a.deadline_at limit ${limit})
    union
    (select id from workflow.work_items where lease_token is not null and lease_expires_at <= now()
      order by lease_expires_at limit ${limit})`);
  return rows.map((row) => row.id);
}
