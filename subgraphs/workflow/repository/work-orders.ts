/** Work orders, the items that come with them, and their cancellation. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { OrderStatus } from '../domain/order-status.js';
import type { ApprovalTerms } from './work-items.js';

export interface NewWorkOrder {
  readonly title: string | null;
  readonly priority: string;
  readonly metadata: unknown;
  readonly requestedBy: string;
  readonly clientKey: string | null;
}

export async function insertWorkOrder(tx: Transaction, order: NewWorkOrder): Promise<string> {
  const { title, priority, metadata, requestedBy, clientKey } = order;
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertWorkOrder */
    insert into workflow.work_orders (title, priority, metadata, requested_by, client_key)
    values (${title}, ${priority}::workflow.priority, ${sql.json(metadata)}::jsonb, ${requestedBy}, ${clientKey}) returning id`);
  return row?.id ?? '';
}

export interface NewOrderItem {
  readonly type: string;
  readonly priority: string;
  readonly content: unknown;
  readonly schemaId: string | null;
  readonly subjectId: string | null;
  readonly capabilities: readonly string[];
  readonly approvalTerms: ApprovalTerms | null;
  readonly maxRetries: number;
  readonly retryPolicy: unknown;
  readonly attemptSeconds: number;
}

/** Answers ids in the order given. */
export async function insertOrderItems(
  tx: Transaction,
  workOrderId: string,
  items: readonly NewOrderItem[],
): Promise<string[]> {
  if (items.length === 0) return [];
  const rows = await tx.query<{ id: string }>(sql`/* workflow.insertOrderItems */
    insert into workflow.work_items (work_order_id, schema_id, type, priority, content, subject_id, required_capabilities,
      requires_approval, approval_status, approval_terms, max_retries, retry_policy, attempt_seconds)
    select ${workOrderId}::uuid, n."schemaId", n.type, n.priority, n.content, n."subjectId", n.capabilities, n."approvalTerms" is not null,
      case when n."approvalTerms" is null then 'NOT_REQUIRED' else 'PENDING' end, n."approvalTerms", n."maxRetries", n."retryPolicy",
      n."attemptSeconds"
    from rows from (jsonb_to_recordset(${sql.json(items)}::jsonb) as (type workflow.work_item_type, priority workflow.priority,
      content jsonb, "schemaId" uuid, "subjectId" text, capabilities text[], "approvalTerms" jsonb, "maxRetries" int4,
      "retryPolicy" jsonb, "attemptSeconds" int4)) with ordinality n
    order by n.ordinality
    returning id`);
  return rows.map((row) => row.id);
}

export interface OrderFacts {
  readonly id: string;
  readonly status: OrderStatus;
  readonly priority: string;
  readonly requestedBy: string | null;
}

export async function findWorkOrder(db: Queryable, id: string): Promise<OrderFacts | null> {
  const [row] = await db.query<{ id: string; status: OrderStatus; priority: string; requested_by: string | null }>(
    sql`/* workflow.findWorkOrder */
      select id, status, priority, requested_by from workflow.work_orders where id = ${id}::uuid`,
  );
  return row === undefined
    ? null
    : { id: row.id, status: row.status, priority: row.priority, requestedBy: row.requested_by };
}

/** What a cancellation is of: one run, or a whole order with the items that came with it. */
export interface CancelScope {
  readonly workOrderId: string | null;
  readonly runId: string | null;
}

/** Locks, in one order for all, the items that are not final. */
export async function lockOpenWorkItems(tx: Transaction, { workOrderId, runId }: CancelScope): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`/* workflow.lockOpenWorkItems */
    select id from workflow.work_items where status in ('QUEUED', 'PROCESSING')
      and ${runId === null ? sql`work_order_id = ${workOrderId}::uuid` : sql`run_id = ${runId}::uuid`}
    order by id for no key update`);
  return rows.map((row) => row.id);
}

/** Runs of the order that are not final. */
export async function listOpenRuns(tx: Transaction, workOrderId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`/* workflow.listOpenRuns */
    select id from workflow.runs where work_order_id = ${workOrderId}::uuid and status in ('PENDING', 'RUNNING', 'PAUSED')`);
  return rows.map((row) => row.id);
}

/** Ends locked items without a result: what `decideItem` makes of CANCEL, for all at once. */
export async function cancelWorkItems(tx: Transaction, ids: readonly string[], reason: string): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(sql`/* workflow.cancelWorkItems */
    with ended as (
      update workflow.attempts set status = 'FAILED', error = ${reason}, finished_at = now()
      where work_item_id = any(${ids}::uuid[]) and status = 'STARTED'
    )
    update workflow.work_items set status = 'FAILED', error = ${reason}, version = version + 1, lease_token = null,
      lease_expires_at = null, completed_at = now()
    where id = any(${ids}::uuid[])`);
}
