/** What people are asked and decide, under which rules, and what was given up. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { createdAt, id, keyOf, newestFirst, visible } from './shared.js';

const policy = {
  kind: 'one',
  type: 'ApprovalPolicy',
  on: [match('name', 'policy_name', 'text'), match('version', 'policy_version', 'int4')],
} as const;
const workItem = { kind: 'one', type: 'WorkItem', on: [match('id', 'work_item_id')] } as const;

export const approvalPolicy = entity({
  type: 'ApprovalPolicy',
  table: `(select p.*, p.name || '@' || p.version as policy_key from workflow.approval_policies p)`,
  key: { column: 'policy_key', sqlType: 'text' },
  fields: {
    id: field.id('ApprovalPolicy', 'policy_key', 'text'),
    name: field.text('name'),
    version: field.integer('version'),
    description: field.longText('description'),
    maxLevel: field.integer('max_level'),
    escalateAfterSeconds: field.integer('escalate_after_seconds'),
    isActive: field.boolean('is_active'),
    createdAt: field.timestamp('created_at'),
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const approvalRequest = entity({
  type: 'ApprovalRequest',
  table: 'workflow.approval_requests',
  key: id,
  fields: {
    id: field.id('ApprovalRequest', 'id'),
    status: field.enum('status'),
    requiredLevel: field.integer('required_level'),
    requestedBy: field.text('requested_by'),
    requestedAt: field.timestamp('requested_at'),
    escalatesAt: field.timestamp('escalates_at'),
    decidedAt: field.timestamp('decided_at'),
    version: field.integer('version'),
  },
  relations: {
    workItem,
    policy,
    events: { kind: 'connection', type: 'ApprovalEvent', on: [match('approval_request_id', 'id')] },
  },
  filterFields: { workItemId: keyOf('WorkItem', 'work_item_id') },
  orders: { REQUESTED_AT: [orderBy('requested_at', 'timestamptz')] },
  defaultOrder: { field: 'REQUESTED_AT', direction: 'DESC' },
  visible,
});

export const approvalEvent = entity({
  type: 'ApprovalEvent',
  table: 'workflow.approval_events',
  key: id,
  fields: {
    id: field.id('ApprovalEvent', 'id'),
    approverId: field.text('approver_id'),
    printedName: field.text('printed_name'),
    decision: field.enum('decision', 'workflow.approval_decision'),
    meaning: field.freeText('meaning'),
    reason: field.freeText('reason'),
    level: field.integer('level'),
    createdAt: field.timestamp('created_at'),
  },
  relations: {
    workItem,
    request: { kind: 'one', type: 'ApprovalRequest', on: [match('id', 'approval_request_id')] },
    policy,
  },
  filterFields: { workItemId: keyOf('WorkItem', 'work_item_id') },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const deadLetter = entity({
  type: 'DeadLetter',
  table: 'workflow.dead_letters',
  key: id,
  fields: {
    id: field.id('DeadLetter', 'id'),
    source: field.text('source'),
    eventType: field.text('event_type'),
    payload: field.json('payload'),
    error: field.freeText('error'),
    retryCount: field.integer('retry_count'),
    redriveCount: field.integer('redrive_count'),
    redrivenAt: field.timestamp('redriven_at'),
    redrivenBy: field.text('redriven_by'),
    resolvedAt: field.timestamp('resolved_at'),
    createdAt: field.timestamp('created_at'),
  },
  relations: { workItem },
  filterFields: { workItemId: keyOf('WorkItem', 'work_item_id') },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});
