/** Work orders with their items: who tried, what it cost, who approved, what was given up and put back. */
import { at, later } from '../calendar.js';
import type { AttemptStory, WorkItemStory, WorkOrderStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import { tellApprovals } from './approvals.js';
import { tellRun } from './runs.js';
import { costOf, endOf, itemId, startOf, statusOf } from './work-items.js';
import { schemas, toolId } from './workflow-basics.js';

export function tellOrder(order: WorkOrderStory, rows: RowSet): void {
  const { key, title, priority, items } = order;
  const id = idOf(`work order ${key}`);
  const requestedBy = people[order.by].subject;
  const createdAt = at(order.on, '09:05');
  // Its status is left to the database: it follows from the items.
  rows.add('workflow.work_orders', {
    id,
    title,
    priority,
    requested_by: requestedBy,
    metadata: order.metadata ?? {},
    created_at: createdAt,
  });
  rows.note({
    at: createdAt,
    user: requestedBy,
    type: 'WorkOrder',
    key: id,
    action: 'workOrderCreated',
    details: { items: items.length, priority },
  });
  if (order.isRelease === true) tellRun(order, rows);
  for (const item of items) tellItem(order, item, rows);
}

function tellItem(order: WorkOrderStory, item: WorkItemStory, rows: RowSet): void {
  const { key, type, content, attempts, approvals = [], deadLetter } = item;
  const id = itemId(order.key, key);
  const status = statusOf(item);
  const isFinal = status === 'COMPLETED' || status === 'FAILED';
  const needsApproval = item.awaitsApproval === true || approvals.length > 0;
  const failures = attempts.filter((attempt) => (attempt.status ?? 'COMPLETED') !== 'COMPLETED').length;
  const createdAt = at(item.on ?? order.on, '09:10');
  const endedAt = endOf(item, order);
  const decided = approvals.at(-1)?.decision === 'REJECTED' ? 'REJECTED' : 'APPROVED';
  rows.add('workflow.work_items', {
    id,
    work_order_id: idOf(`work order ${order.key}`),
    schema_id: idOf(`schema ${schemas[type].name}`),
    run_id: order.isRelease === true ? idOf(`run ${order.key}`) : null,
    run_step_id: order.isRelease === true ? idOf(`step ${order.key} ${key}`) : null,
    type,
    status,
    priority: order.priority,
    content,
    result: status === 'COMPLETED' ? (item.result ?? { done: true }) : null,
    error: status === 'FAILED' ? (attempts.at(-1)?.error ?? approvals.at(-1)?.reason ?? null) : null,
    requires_approval: needsApproval,
    approval_status: !needsApproval ? 'NOT_REQUIRED' : item.awaitsApproval === true ? 'PENDING' : decided,
    subject_id: item.subject ?? null,
    claimed_by: attempts.at(-1)?.by ?? null,
    // A redrive starts with a fresh budget.
    retry_count: deadLetter?.redriven === undefined ? Math.min(failures, 3) : 0,
    next_attempt_at: createdAt,
    created_at: createdAt,
    updated_at: endedAt,
    completed_at: isFinal ? endedAt : null,
  });
  attempts.forEach((attempt, index) => tellAttempt(order, item, attempt, index + 1, rows));
  tellApprovals(order, item, rows);
  tellPosting(order, item, endedAt, rows);
  tellDeadLetter(order, item, rows);
  tellEvaluation(order, item, endedAt, rows);
  if (!isFinal) return;
  const last = approvals.at(-1);
  const outcome = status === 'COMPLETED' ? 'Completed' : 'Failed';
  rows.note({
    at: endedAt,
    user: last === undefined ? (attempts.at(-1)?.by ?? 'nobody') : people[last.by].subject,
    type: 'WorkItem',
    key: id,
    action: `workItem${last === undefined ? outcome : last.decision === 'APPROVED' ? 'Approved' : 'Rejected'}`,
    details: { status: ['PROCESSING', status], attempts: attempts.length },
  });
}

function tellAttempt(
  order: WorkOrderStory,
  item: WorkItemStory,
  attempt: AttemptStory,
  number: number,
  rows: RowSet,
): void {
  const { by, model = null, status = 'COMPLETED', output, error = null, tokens, minutes } = attempt;
  const startedAt = startOf(attempt);
  const finishedAt = later(startedAt, minutes);
  const id = idOf(`attempt ${order.key} ${item.key} ${number}`);
  rows.add('workflow.attempts', {
    id,
    work_item_id: itemId(order.key, item.key),
    number,
    status,
    agent_id: by,
    model,
    input: item.content,
    output: status === 'COMPLETED' ? (output ?? { done: true }) : null,
    error,
    started_at: startedAt,
    finished_at: finishedAt,
    input_tokens: tokens?.[0] ?? null,
    output_tokens: tokens?.[1] ?? null,
    cost: tokens === undefined ? null : costOf(attempt),
  });
}

/** An invoice is posted when it is done: for one that needs approval, after that. */
function tellPosting(order: WorkOrderStory, item: WorkItemStory, postedAt: string, rows: RowSet): void {
  if (item.type !== 'INVOICE' || statusOf(item) !== 'COMPLETED') return;
  const number = item.attempts.length;
  const attempt = idOf(`attempt ${order.key} ${item.key} ${number}`);
  rows.add('workflow.tool_calls', {
    id: idOf(`tool call ${attempt}`),
    attempt_id: attempt,
    tool_id: toolId('ledger.post'),
    input: { number: item.content['number'], amount: item.content['amount'] },
    output: { posted: true },
    called_by: item.attempts.at(-1)?.by,
    called_at: postedAt,
    finished_at: later(postedAt, 1),
  });
}

function tellDeadLetter(order: WorkOrderStory, item: WorkItemStory, rows: RowSet): void {
  const { deadLetter } = item;
  if (deadLetter === undefined) return;
  const { redriven } = deadLetter;
  const failed = item.attempts.filter((attempt) => (attempt.status ?? 'COMPLETED') !== 'COMPLETED');
  const createdAt = at(deadLetter.on, '11:40');
  const redrivenAt = redriven === undefined ? null : at(redriven.on, '09:20');
  const redrivenBy = redriven === undefined ? null : people[redriven.by].subject;
  const error = failed.at(-1)?.error ?? 'The retries are used up.';
  const id = idOf(`dead letter ${order.key} ${item.key}`);
  rows.add('workflow.dead_letters', {
    id,
    work_item_id: itemId(order.key, item.key),
    source: 'work_items',
    event_type: 'retriesExhausted',
    payload: item.content,
    error,
    retry_count: 3,
    redrive_count: redriven === undefined ? 0 : 1,
    redriven_at: redrivenAt,
    redriven_by: redrivenBy,
    resolved_at: redriven === undefined ? null : endOf(item, order),
    created_at: createdAt,
  });
  const about = { type: 'DeadLetter', key: id };
  rows.note({
    ...about,
    at: createdAt,
    user: failed.at(-1)?.by ?? 'nobody',
    action: 'deadLetterCreated',
    details: { workItemId: itemId(order.key, item.key), eventType: 'retriesExhausted', error, retryCount: 3 },
  });
  if (redrivenAt === null || redrivenBy === null) return;
  const details = { redriveCount: 1 };
  rows.note({ ...about, at: redrivenAt, user: redrivenBy, action: 'deadLetterRedriven', details });
}

function tellEvaluation(order: WorkOrderStory, item: WorkItemStory, at: string, rows: RowSet): void {
  if (item.evaluation === undefined) return;
  const [evaluator, metric, score, passed] = item.evaluation;
  rows.add('workflow.eval_results', {
    id: idOf(`evaluation ${order.key} ${item.key}`),
    work_item_id: itemId(order.key, item.key),
    attempt_id: idOf(`attempt ${order.key} ${item.key} ${item.attempts.length}`),
    evaluator,
    metric,
    score,
    passed,
    created_at: at,
  });
}
