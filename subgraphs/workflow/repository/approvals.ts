/** Requests for a signature, the signatures themselves, and the policies under which they are given. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { ApprovalDecision, RequestStatus } from '../domain/approval-rules.js';

export interface NewApprovalRequest {
  readonly workItemId: string;
  readonly policyName: string;
  readonly policyVersion: number;
  readonly level: number;
  readonly requestedBy: string | null;
  /** Null: what the policy says. */
  readonly escalateAfterSeconds: number | null;
}

export async function insertApprovalRequests(tx: Transaction, requests: readonly NewApprovalRequest[]): Promise<void> {
  if (requests.length === 0) return;
  await tx.query(sql`/* workflow.insertApprovalRequests */
    insert into workflow.approval_requests (work_item_id, policy_name, policy_version, required_level, requested_by, escalates_at)
    select n."workItemId", n."policyName", n."policyVersion", n.level, n."requestedBy",
      case when n.level < p.max_level then now() + make_interval(secs => coalesce(n."escalateAfterSeconds", p.escalate_after_seconds)) end
    from jsonb_to_recordset(${sql.json(requests)}::jsonb) n ("workItemId" uuid, "policyName" text, "policyVersion" int4, level int4,
      "requestedBy" text, "escalateAfterSeconds" float8)
    left join workflow.approval_policies p on p.name = n."policyName" and p.version = n."policyVersion"`);
}

export interface LockedRequest {
  readonly id: string;
  readonly workItemId: string;
  readonly status: RequestStatus;
  readonly version: number;
  readonly policyName: string;
  readonly policyVersion: number;
  readonly requiredLevel: number;
  readonly maxLevel: number;
  readonly isDue: boolean;
}

/** The item of a request, to be locked before it. */
export async function findRequestItem(db: Queryable, requestId: string): Promise<string | null> {
  const [row] = await db.query<{ work_item_id: string }>(sql`/* workflow.findRequestItem */
    select work_item_id from workflow.approval_requests where id = ${requestId}::uuid`);
  return row?.work_item_id ?? null;
}

/** Its item is locked already, so nobody else is changing it. */
export async function findApprovalRequest(tx: Transaction, requestId: string): Promise<LockedRequest | null> {
  const [row] = await tx.query<{
    id: string;
    work_item_id: string;
    status: RequestStatus;
    version: number;
    policy_name: string;
    policy_version: number;
    required_level: number;
    max_level: number;
    is_due: boolean;
  }>(sql`/* workflow.findApprovalRequest */
    select q.id, q.work_item_id, q.status, q.version, q.policy_name, q.policy_version, q.required_level, p.max_level,
      coalesce(q.escalates_at <= now(), false) as is_due
    from workflow.approval_requests q
    join workflow.approval_policies p on p.name = q.policy_name and p.version = q.policy_version
    where q.id = ${requestId}::uuid`);
  return row === undefined
    ? null
    : {
        id: row.id,
        workItemId: row.work_item_id,
        status: row.status,
        version: row.version,
        policyName: row.policy_name,
        policyVersion: row.policy_version,
        requiredLevel: row.required_level,
        maxLevel: row.max_level,
        isDue: row.is_due,
      };
}

/** Whether this person has had no part in the work and did not ask for it. */
export async function mayDecide(tx: Transaction, request: LockedRequest, approver: string): Promise<boolean> {
  const [row] = await tx.query<{ may: boolean }>(sql`/* workflow.mayDecide */
    select workflow.may_decide(${request.workItemId}::uuid, ${request.id}::uuid, ${approver}) as may`);
  return row?.may ?? false;
}

export interface Signature {
  readonly approverId: string;
  readonly printedName: string;
  readonly decision: ApprovalDecision;
  readonly meaning: string;
  readonly reason: string | null;
}

/** Writes the signature, with the database's time and under the request's policy. */
export async function insertApprovalEvent(
  tx: Transaction,
  request: LockedRequest,
  signature: Signature,
): Promise<string> {
  const { approverId, printedName, decision, meaning, reason } = signature;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertApprovalEvent */
    insert into workflow.approval_events (work_item_id, approval_request_id, approver_id, printed_name, decision, meaning, reason,
      policy_name, policy_version, level)
    values (${request.workItemId}::uuid, ${request.id}::uuid, ${approverId}, ${printedName},
      ${decision}::workflow.approval_decision, ${meaning}, ${reason}, ${request.policyName}, ${request.policyVersion}, ${request.requiredLevel})
    returning id`);
  return row?.id ?? '';
}

/** OPEN at another level, or ended. The next level has as long as the one before had. */
export async function updateApprovalRequest(
  tx: Transaction,
  change: { readonly id: string; readonly status: RequestStatus; readonly level: number },
): Promise<number> {
  const [row] = await tx.query<{ version: number }>(sql`/* workflow.updateApprovalRequest */
    update workflow.approval_requests q set status = ${change.status}, required_level = ${change.level}::int4, version = q.version + 1,
      decided_at = case when ${change.status} <> 'OPEN' then now() end,
      escalates_at = case when ${change.status} = 'OPEN' and ${change.level}::int4 < p.max_level then now() +
        make_interval(secs => coalesce((i.approval_terms ->> 'escalateAfterSeconds')::float8, p.escalate_after_seconds)) end
    from workflow.approval_policies p, workflow.work_items i
    where q.id = ${change.id}::uuid and p.name = q.policy_name and p.version = q.policy_version and i.id = q.work_item_id
    returning q.version`);
  return row?.version ?? 0;
}

/** Open requests that nobody has decided in time. */
export async function listDueApprovals(db: Queryable, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`/* workflow.listDueApprovals */
    select id from workflow.approval_requests where status = 'OPEN' and escalates_at <= now() order by escalates_at limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Open requests of items that have ended otherwise. */
export async function withdrawApprovals(tx: Transaction, workItemIds: readonly string[]): Promise<void> {
  await tx.query(sql`/* workflow.withdrawApprovals */
    update workflow.approval_requests set status = 'WITHDRAWN', decided_at = now(), version = version + 1
    where work_item_id = any(${workItemIds}::uuid[]) and status = 'OPEN'`);
}

export interface Policy {
  readonly name: string;
  readonly version: number;
  readonly maxLevel: number;
  readonly isActive: boolean;
}

export async function findPolicy(db: Queryable, name: string, version: number): Promise<Policy | null> {
  const [row] = await db.query<{ max_level: number; is_active: boolean }>(sql`/* workflow.findPolicy */
    select max_level, is_active from workflow.approval_policies where name = ${name} and version = ${version}`);
  return row === undefined ? null : { name, version, maxLevel: row.max_level, isActive: row.is_active };
}

export interface NewPolicy {
  readonly name: string;
  readonly description: string | null;
  readonly maxLevel: number;
  readonly escalateAfterSeconds: number | null;
}

/** The next version of a policy; versions before it stay as they are, for the decisions that name them. */
export async function insertPolicy(tx: Transaction, policy: NewPolicy): Promise<number> {
  const { name, description, maxLevel, escalateAfterSeconds } = policy;
  const [row] = await tx.query<{ version: number }>(sql`/* workflow.insertPolicy */
    insert into workflow.approval_policies (name, version, description, max_level, escalate_after_seconds)
    select ${name}, 1 + coalesce(max(version), 0), ${description}, ${maxLevel}, ${escalateAfterSeconds}
    from workflow.approval_policies where name = ${name}
    returning version`);
  return row?.version ?? 0;
}

/** When what each of the global ids names was last approved, in their order; null where it never was. */
export async function listLastApprovals(db: Queryable, subjects: readonly string[]): Promise<(string | null)[]> {
  const rows = await db.query<{ subject: string; at: string | null }>(sql`/* workflow.listLastApprovals */
    select i.subject_id as subject, max(q.decided_at) as at
    from workflow.work_items i join workflow.approval_requests q on q.work_item_id = i.id
    where i.subject_id = any(${subjects}::text[]) and q.status = 'APPROVED' group by i.subject_id`);
  const bySubject = new Map(rows.map(({ subject, at }) => [subject, at]));
  return subjects.map((subject) => bySubject.get(subject) ?? null);
}
