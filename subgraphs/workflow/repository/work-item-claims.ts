/** The claim of work items: the queue's one hot statement. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { ItemType } from '../domain/template-spec.js';

export interface ClaimRequest {
  readonly types: readonly ItemType[];
  readonly priorities: readonly string[] | null;
  /** Scopes that the claimant holds; null is all of them. */
  readonly scopes: readonly string[] | null;
  /** Only items that ask for one of these scopes. */
  readonly capabilities: readonly string[] | null;
  readonly agent: string;
  readonly model: string | null;
  readonly limit: number;
  readonly leaseSeconds: number;
}

export interface ClaimedItem {
  readonly id: string;
  readonly workOrderId: string;
  readonly runId: string | null;
  readonly stepKey: string | null;
  readonly itemKey: string | null;
  readonly type: ItemType;
  readonly content: unknown;
  readonly version: number;
  readonly requiredCapabilities: readonly string[];
  readonly leaseToken: string;
  readonly leaseExpiresAt: string;
  readonly attemptId: string;
  readonly attemptNumber: number;
  readonly deadlineAt: string;
}

interface ClaimedRow {
  readonly id: string;
  readonly work_order_id: string;
  readonly run_id: string | null;
  readonly step_key: string | null;
  readonly item_key: string | null;
  readonly type: ItemType;
  readonly content: unknown;
  readonly version: number;
  readonly required_capabilities: string[];
  readonly lease_token: string;
  readonly lease_expires_at: string;
  readonly attempt_id: string;
  readonly number: number;
  readonly deadline_at: string;
}

/** Something is left of a run's budget and of its time. */
const hasBudget = sql.raw(`(r.max_attempts is null or r.attempts_used < r.max_attempts)
  and (r.max_tokens is null or r.tokens_used < r.max_tokens) and (r.max_cost is null or r.cost_used < r.max_cost)
  and (r.deadline_at is null or r.deadline_at > now())`);

/**
 * Takes items, the first by `claim_order` (age with a head start of minutes for priority) of each type, and begins an
 * attempt at each. Runs count their attempts in the same statement: the update of a run waits for claims before it and then
 * looks again, so that claims at the same moment can't pass the budget together. What would pass it is left.
 */
export async function claimWorkItems(tx: Transaction, request: ClaimRequest): Promise<ClaimedItem[]> {
  const { types, priorities, scopes, capabilities, agent, model, limit, leaseSeconds } = request;
  const narrowed = sql.join(
    [
      ...(priorities === null ? [] : [sql`and i.priority = any(${priorities}::workflow.priority[])`]),
      ...(scopes === null ? [] : [sql`and i.required_capabilities <@ ${scopes}::text[]`]),
      ...(capabilities === null ? [] : [sql`and i.required_capabilities && ${capabilities}::text[]`]),
    ],
    ' ',
  );
  const rows = await tx.query<ClaimedRow>(sql`/* workflow.claimWorkItems */
    with candidate as materialized (
      select c.* from unnest(${types}::workflow.work_item_type[]) asked (type) cross join lateral (
        select i.id, i.run_id, i.claim_order from workflow.work_items i
        where i.status = 'QUEUED' and i.type = asked.type and i.next_attempt_at <= now() ${narrowed}
          and (i.run_id is null or exists (select from workflow.runs r where r.id = i.run_id
            and r.status in ('RUNNING', 'COMPLETED') and ${hasBudget}))
        order by i.claim_order, i.id limit ${limit}::int4 for no key update of i skip locked
      ) c
    ), chosen as (
      select id, run_id, row_number() over (partition by run_id order by claim_order, id) as place
      from (select * from candidate order by claim_order, id limit ${limit}::int4) first
    ), asked_runs as materialized (
      select r.id from workflow.runs r where r.id in (select run_id from chosen) order by r.id for no key update
    ), counted as (
      select c.run_id, count(*)::int4 as attempts from chosen c join workflow.runs r on r.id = c.run_id
      where r.id in (select id from asked_runs) and (r.max_attempts is null or c.place <= r.max_attempts - r.attempts_used)
      group by c.run_id
    ), charged as (
      update workflow.runs r set attempts_used = r.attempts_used + counted.attempts,
        next_check_at = case when r.attempts_used + counted.attempts >= r.max_attempts then now() else r.next_check_at end
      from counted where r.id = counted.run_id and ${hasBudget}
        and (r.max_attempts is null or r.attempts_used + counted.attempts <= r.max_attempts)
        and r.status in ('RUNNING', 'COMPLETED')
      returning r.id, counted.attempts
    ), claimed as (
      update workflow.work_items i set status = 'PROCESSING', claimed_by = ${agent}, lease_token = gen_random_uuid(),
        lease_expires_at = now() + make_interval(secs => ${leaseSeconds}), version = i.version + 1
      from chosen where i.id = chosen.id
        and (chosen.run_id is null or exists (select from charged where charged.id = chosen.run_id and chosen.place <= charged.attempts))
      returning i.*
    ), tried as (
      insert into workflow.attempts (work_item_id, number, agent_id, model, input, deadline_at)
      select c.id, 1 + (select coalesce(max(a.number), 0) from workflow.attempts a where a.work_item_id = c.id), ${agent}, ${model},
        c.content, least(now() + make_interval(secs => c.attempt_seconds),
          (select r.deadline_at from workflow.runs r where r.id = c.run_id),
          (select min(a.started_at) from workflow.attempts a where a.work_item_id = c.id and a.started_at > coalesce(
            (select max(d.redriven_at) from workflow.dead_letters d where d.work_item_id = c.id), '-infinity'))
            + make_interval(secs => (c.retry_policy #>> '{budget,seconds}')::float8))
      from claimed c
      returning id, work_item_id, number, deadline_at
    )
    select c.id, c.work_order_id, c.run_id, s.step_key, c.item_key, c.type, c.content, c.version, c.required_capabilities,
      c.lease_token, c.lease_expires_at, t.id as attempt_id, t.number, t.deadline_at
    from claimed c join tried t on t.work_item_id = c.id left join workflow.run_steps s on s.id = c.run_step_id
    order by c.claim_order, c.id`);
  return rows.map((row) => ({
    id: row.id,
    workOrderId: row.work_order_id,
    runId: row.run_id,
    stepKey: row.step_key,
    itemKey: row.item_key,
    type: row.type,
    content: row.content,
    version: row.version,
    requiredCapabilities: row.required_capabilities,
    leaseToken: row.lease_token,
    leaseExpiresAt: row.lease_expires_at,
    attemptId: row.attempt_id,
    attemptNumber: row.number,
    deadlineAt: row.deadline_at,
  }));
}
