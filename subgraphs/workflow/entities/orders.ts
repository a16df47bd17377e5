/** Orders, their items, tries at them, and tools that were called. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { subjectTypes } from '../domain/subject.js';
import { createdAt, id, keyOf, newestFirst, searchWords, textList, visible } from './shared.js';

export const workOrder = entity({
  type: 'WorkOrder',
  table: 'workflow.work_orders',
  key: id,
  fields: {
    id: field.id('WorkOrder', 'id'),
    title: field.text('title'),
    status: field.enum('status', 'workflow.work_order_status'),
    priority: field.enum('priority', 'workflow.priority'),
    metadata: field.json('metadata'),
    workflowState: field.json('workflow_state'),
    requestedBy: field.text('requested_by'),
    clientKey: field.text('client_key'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
    completedAt: field.timestamp('completed_at'),
  },
  relations: {
    workItems: { kind: 'connection', type: 'WorkItem', on: [match('work_order_id', 'id')] },
    runs: { kind: 'connection', type: 'Run', on: [match('work_order_id', 'id')] },
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const workItem = entity({
  type: 'WorkItem',
  table: 'workflow.work_items',
  key: id,
  fields: {
    id: field.id('WorkItem', 'id'),
    itemKey: field.text('item_key'),
    type: field.enum('type', 'workflow.work_item_type'),
    status: field.enum('status', 'workflow.work_item_status'),
    priority: field.enum('priority', 'workflow.priority'),
    content: field.json('content'),
    result: field.json('result'),
    error: field.freeText('error'),
    subjectId: field.text('subject_id'),
    requiredCapabilities: textList('required_capabilities'),
    requiresApproval: field.boolean('requires_approval'),
    approvalStatus: field.enum('approval_status'),
    retryCount: field.integer('retry_count'),
    maxRetries: field.integer('max_retries'),
    attemptSeconds: field.integer('attempt_seconds'),
    nextAttemptAt: field.timestamp('next_attempt_at'),
    claimedBy: field.text('claimed_by'),
    leaseExpiresAt: field.timestamp('lease_expires_at'),
    version: field.integer('version'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
    completedAt: field.timestamp('completed_at'),
    durationMs: field.bigint(
      (table) => `(extract(epoch from ${table}.completed_at - ${table}.created_at) * 1000)::int8`,
    ),
  },
  relations: {
    workOrder: { kind: 'one', type: 'WorkOrder', on: [match('id', 'work_order_id')] },
    subject: { kind: 'union', types: subjectTypes, column: 'subject_id' },
    run: { kind: 'one', type: 'Run', on: [match('id', 'run_id')] },
    runStep: { kind: 'one', type: 'RunStep', on: [match('id', 'run_step_id')] },
    documentSchema: { kind: 'one', type: 'DocumentSchema', on: [match('id', 'schema_id')] },
    attempts: { kind: 'connection', type: 'Attempt', on: [match('work_item_id', 'id')] },
    approvalRequests: { kind: 'connection', type: 'ApprovalRequest', on: [match('work_item_id', 'id')] },
    approvalEvents: { kind: 'connection', type: 'ApprovalEvent', on: [match('work_item_id', 'id')] },
    deadLetters: { kind: 'connection', type: 'DeadLetter', on: [match('work_item_id', 'id')] },
    evalResults: { kind: 'connection', type: 'EvalResult', on: [match('work_item_id', 'id')] },
  },
  filterFields: {
    workOrderId: keyOf('WorkOrder', 'work_order_id'),
    runId: keyOf('Run', 'run_id'),
    schemaId: keyOf('DocumentSchema', 'schema_id'),
  },
  customFilters: {
    // The expression of the index, word for word.
    search: (value, table, parameters) =>
      `jsonb_to_tsvector('english', ${table}.content, '["string", "numeric"]') @@ websearch_to_tsquery('english', ${parameters.add(searchWords(value))})`,
    requiresCapability: (value, table, parameters) =>
      `${parameters.add(value, 'text')} = any(${table}.required_capabilities)`,
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const attempt = entity({
  type: 'Attempt',
  table: 'workflow.attempts',
  key: id,
  fields: {
    id: field.id('Attempt', 'id'),
    number: field.integer('number'),
    status: field.enum('status', 'workflow.attempt_status'),
    agentId: field.text('agent_id'),
    model: field.text('model'),
    input: field.json('input'),
    output: field.json('output'),
    error: field.freeText('error'),
    startedAt: field.timestamp('started_at'),
    finishedAt: field.timestamp('finished_at'),
    deadlineAt: field.timestamp('deadline_at'),
    inputTokens: field.bigint('input_tokens'),
    outputTokens: field.bigint('output_tokens'),
    cost: field.numeric('cost'),
  },
  relations: {
    workItem: { kind: 'one', type: 'WorkItem', on: [match('id', 'work_item_id')] },
    toolCalls: { kind: 'connection', type: 'ToolCall', on: [match('attempt_id', 'id')] },
    evalResults: { kind: 'connection', type: 'EvalResult', on: [match('attempt_id', 'id')] },
  },
  filterFields: { workItemId: keyOf('WorkItem', 'work_item_id') },
  orders: { STARTED_AT: [orderBy('started_at', 'timestamptz')] },
  defaultOrder: { field: 'STARTED_AT', direction: 'DESC' },
  visible,
});

export const toolCall = entity({
  type: 'ToolCall',
  table: 'workflow.tool_calls',
  key: id,
  fields: {
    id: field.id('ToolCall', 'id'),
    calledBy: field.text('called_by'),
    input: field.json('input'),
    output: field.json('output'),
    error: field.freeText('error'),
    calledAt: field.timestamp('called_at'),
    finishedAt: field.timestamp('finished_at'),
  },
  relations: {
    attempt: { kind: 'one', type: 'Attempt', on: [match('id', 'attempt_id')] },
    tool: { kind: 'one', type: 'Tool', on: [match('id', 'tool_id')] },
  },
  orders: { CALLED_AT: [orderBy('called_at', 'timestamptz')] },
  defaultOrder: { field: 'CALLED_AT', direction: 'DESC' },
  visible,
});
