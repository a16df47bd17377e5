/** Workflow templates, their executions, and the steps of those. */
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { templateLimits } from '../domain/template-spec.js';
import { createdAt, id, keyOf, newestFirst, visible } from './shared.js';

export const workflowTemplate = entity({
  type: 'WorkflowTemplate',
  table: 'workflow.workflow_templates',
  key: id,
  fields: {
    id: field.id('WorkflowTemplate', 'id'),
    name: field.text('name'),
    version: field.integer('version'),
    description: field.longText('description'),
    spec: field.json('spec'),
    isActive: field.boolean('is_active'),
    hasRun: field.boolean(
      (table) => `(exists (select from workflow.runs used where used.workflow_template_id = ${table}.id))`,
    ),
    createdBy: field.text('created_by'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: { runs: { kind: 'connection', type: 'Run', on: [match('workflow_template_id', 'id')] } },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const run = entity({
  type: 'Run',
  table: 'workflow.runs',
  key: id,
  fields: {
    id: field.id('Run', 'id'),
    status: field.enum('status'),
    input: field.json('input'),
    output: field.json('output'),
    error: field.freeText('error'),
    version: field.integer('version'),
    maxAttempts: field.integer('max_attempts'),
    maxTokens: field.bigint('max_tokens'),
    maxCost: field.numeric('max_cost'),
    attemptsUsed: field.integer('attempts_used'),
    tokensUsed: field.bigint('tokens_used'),
    costUsed: field.numeric('cost_used'),
    deadlineAt: field.timestamp('deadline_at'),
    startedBy: field.text('started_by'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
    createdAt: field.timestamp('created_at'),
    updatedAt: field.timestamp('updated_at'),
  },
  relations: {
    workOrder: { kind: 'one', type: 'WorkOrder', on: [match('id', 'work_order_id')] },
    workflowTemplate: { kind: 'one', type: 'WorkflowTemplate', on: [match('id', 'workflow_template_id')] },
    steps: {
      kind: 'list',
      type: 'RunStep',
      on: [match('run_id', 'id')],
      order: [orderBy('step_key', 'text')],
      limit: templateLimits.steps,
    },
    workItems: { kind: 'connection', type: 'WorkItem', on: [match('run_id', 'id')] },
    memDocs: { kind: 'connection', type: 'MemDoc', on: [match('run_id', 'id')] },
  },
  filterFields: {
    workOrderId: keyOf('WorkOrder', 'work_order_id'),
    workflowTemplateId: keyOf('WorkflowTemplate', 'workflow_template_id'),
  },
  orders: { CREATED_AT: [createdAt] },
  defaultOrder: newestFirst,
  visible,
});

export const runStep = entity({
  type: 'RunStep',
  table: 'workflow.run_steps',
  key: id,
  fields: {
    id: field.id('RunStep', 'id'),
    key: field.text('step_key'),
    kind: field.enum('kind'),
    status: field.enum('status'),
    input: field.json('input'),
    output: field.json('output'),
    error: field.freeText('error'),
    openItems: field.integer('open_items'),
    startedAt: field.timestamp('started_at'),
    completedAt: field.timestamp('completed_at'),
  },
  relations: {
    run: { kind: 'one', type: 'Run', on: [match('id', 'run_id')] },
    workItems: { kind: 'connection', type: 'WorkItem', on: [match('run_step_id', 'id')] },
  },
  visible,
});
