/** Approvals: asked for by whoever did the work, decided by somebody else, in ink that stays. */
import { at } from '../calendar.js';
import type { WorkItemStory, WorkOrderStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import { itemId } from './work-items.js';
import { policies } from './workflow-basics.js';

export function tellApprovals(order: WorkOrderStory, item: WorkItemStory, rows: RowSet): void {
  const { approvals = [], awaitsApproval = false } = item;
  const last = approvals.at(-1);
  if (last === undefined && !awaitsApproval) return;
  const workItem = itemId(order.key, item.key);
  const request = idOf(`approval ${order.key} ${item.key}`);
  const policy = { policy_name: policies[item.type].name, policy_version: 1 };
  const attempt = item.attempts.at(-1);
  const requestedAt = at(attempt?.on ?? order.on, '12:30');
  const escalations = approvals.filter(({ decision }) => decision === 'ESCALATED').length;
  const isOpen = last === undefined || last.decision === 'ESCALATED';
  rows.add('workflow.approval_requests', {
    id: request,
    work_item_id: workItem,
    ...policy,
    status: isOpen ? 'OPEN' : last.decision,
    required_level: 1 + escalations,
    requested_by: attempt?.by ?? null,
    requested_at: requestedAt,
    decided_at: isOpen ? null : at(last.on, '16:00'),
    version: 1 + approvals.length,
  });
  rows.note({
    at: requestedAt,
    user: attempt?.by ?? 'nobody',
    type: 'WorkItem',
    key: workItem,
    action: 'workItemApprovalRequested',
    details: { status: ['PROCESSING', 'PROCESSING'], policy: policy.policy_name, level: 1 },
  });
  approvals.forEach((approval, index) => {
    const level = 1 + approvals.slice(0, index).filter(({ decision }) => decision === 'ESCALATED').length;
    const id = idOf(`approval event ${order.key} ${item.key} ${index}`);
    const { subject, name } = people[approval.by];
    const { decision, meaning, reason = null } = approval;
    rows.add('workflow.approval_events', {
      id,
      work_item_id: workItem,
      approval_request_id: request,
      approver_id: subject,
      printed_name: name,
      decision,
      meaning,
      reason,
      level,
      ...policy,
      created_at: at(approval.on, '16:00'),
    });
    rows.note({
      at: at(approval.on, '15:59'),
      user: subject,
      type: 'ApprovalEvent',
      key: id,
      action: 'approvalSigned',
      details: { request, workItem, approver: subject, printedName: name, decision, level, meaning },
    });
  });
}
