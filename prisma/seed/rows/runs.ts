/** A release's run through its template: what each step did, and what it all cost. */
import { at } from '../calendar.js';
import type { WorkOrderStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import { costOf, endOf, startOf, statusOf } from './work-items.js';
import { releaseTemplateId } from './workflow-basics.js';

const kinds: Readonly<Record<string, string>> = { collect: 'WORK', approve: 'APPROVAL' };

export function tellRun(order: WorkOrderStory, rows: RowSet): void {
  const { key, items } = order;
  const id = idOf(`run ${key}`);
  const statuses = items.map(statusOf);
  // A run that waits for a person is paused, so that nothing moves it until somebody resumes it.
  const status = statuses.includes('FAILED')
    ? 'FAILED'
    : statuses.every((each) => each === 'COMPLETED')
      ? 'COMPLETED'
      : 'PAUSED';
  const startedAt = at(order.on, '09:06');
  const endedAt =
    items
      .map((item) => endOf(item, order))
      .sort()
      .at(-1) ?? startedAt;
  const attempts = items.flatMap((item) => item.attempts);
  const input = { release: order.metadata?.['release'] ?? order.title };
  rows.add('workflow.runs', {
    id,
    work_order_id: idOf(`work order ${key}`),
    workflow_template_id: releaseTemplateId,
    status,
    input,
    output: status === 'COMPLETED' ? { approved: true } : null,
    started_by: people[order.by].subject,
    started_at: startedAt,
    completed_at: status === 'PAUSED' ? null : endedAt,
    attempts_used: attempts.length,
    tokens_used: attempts.reduce((sum, { tokens }) => sum + (tokens?.[0] ?? 0) + (tokens?.[1] ?? 0), 0),
    cost_used: attempts.reduce((sum, attempt) => sum + costOf(attempt), 0),
    next_check_at: endedAt,
    created_at: startedAt,
    updated_at: endedAt,
  });
  items.forEach((item, index) => {
    const itemStatus = statuses[index] ?? 'QUEUED';
    const isOver = itemStatus === 'COMPLETED' || itemStatus === 'FAILED';
    const [first] = item.attempts;
    rows.add('workflow.run_steps', {
      id: idOf(`step ${key} ${item.key}`),
      run_id: id,
      step_key: item.key,
      kind: kinds[item.key] ?? 'WORK',
      status: isOver ? itemStatus : itemStatus === 'QUEUED' ? 'READY' : 'RUNNING',
      input,
      output: itemStatus === 'COMPLETED' ? (item.result ?? { done: true }) : null,
      open_items: isOver ? 0 : 1,
      started_at: first === undefined ? null : startOf(first),
      completed_at: isOver ? endOf(item, order) : null,
      created_at: startedAt,
      updated_at: endOf(item, order),
    });
  });
  const about = { type: 'Run', key: id, user: people[order.by].subject };
  rows.note({
    ...about,
    at: startedAt,
    action: 'runStarted',
    details: { workOrder: idOf(`work order ${key}`), template: releaseTemplateId, status: [null, 'RUNNING'] },
  });
  if (status === 'PAUSED') return;
  const action = status === 'COMPLETED' ? 'runCompleted' : 'runFailed';
  rows.note({ ...about, at: endedAt, action, details: { status: ['RUNNING', status] } });
}
