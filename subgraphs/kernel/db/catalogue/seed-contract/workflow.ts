import type { ContractSection } from './contract.js';

const id = 'id uuid primary key';
const created = 'created_at timestamptz';
const updated = 'updated_at timestamptz';

/**
 * The document names tables, relations and value lists and describes columns in words; these are the ones it describes.
 * Its cascades stop before approval_events: a signature is append-only and can't go with its item.
 */
export const workflow: ContractSection = {
  document: 'Story 1.2: Database Schema and Core Data Model',
  schema: 'workflow',
  statesNullability: false,
  enums: {
    work_order_status: ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'],
    priority: ['LOW', 'MEDIUM', 'HIGH', 'URGENT'],
    work_item_type: ['INVOICE', 'TICKET', 'STATUS_REPORT'],
    work_item_status: ['QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED'],
    attempt_status: ['STARTED', 'COMPLETED', 'FAILED', 'TIMEOUT'],
    mem_doc_type: ['CONTEXT', 'KNOWLEDGE', 'TEMPLATE'],
    approval_decision: ['APPROVED', 'REJECTED', 'ESCALATED'],
    connector_type: ['SLACK', 'EMAIL', 'API', 'DATABASE'],
    connector_status: ['ACTIVE', 'INACTIVE', 'ERROR'],
  },
  tables: {
    work_orders: {
      columns: [
        id,
        'status workflow.work_order_status',
        'priority workflow.priority',
        'metadata jsonb',
        'workflow_state jsonb',
        created,
        updated,
      ],
      touched: true,
    },
    work_items: {
      columns: [
        id,
        'work_order_id uuid not null references workflow.work_orders on delete cascade',
        'type workflow.work_item_type',
        'status workflow.work_item_status',
        'content jsonb',
        created,
        updated,
      ],
      indexes: ['(work_order_id, status)', 'work_items_content_search_idx (*) gin'],
      touched: true,
    },
    attempts: {
      columns: [
        id,
        'work_item_id uuid not null references workflow.work_items on delete cascade',
        'status workflow.attempt_status',
        'agent_id text',
        'input jsonb',
        'output jsonb',
        'error text',
        'started_at timestamptz',
        'finished_at timestamptz',
      ],
    },
    // In the acceptance criteria, and forgotten in the tasks.
    runs: {
      columns: [
        id,
        'work_order_id uuid not null references workflow.work_orders on delete cascade',
        'workflow_template_id uuid not null references workflow.workflow_templates',
        created,
      ],
    },
    mem_docs: {
      columns: [
        id,
        'type workflow.mem_doc_type',
        'content text',
        'embedding vector(1536)',
        'metadata jsonb',
        created,
        updated,
      ],
      // The document has ivfflat: HNSW needs no training rows and keeps its recall as the table grows.
      indexes: ['idx_mem_docs_embedding (*) hnsw', 'mem_docs_search_vector_idx (search_vector) gin'],
      touched: true,
    },
    approval_events: {
      columns: [
        id,
        'work_item_id uuid not null references workflow.work_items',
        'decision workflow.approval_decision',
        'approver_id text',
        'policy_version integer',
        created,
      ],
      appendOnly: true,
    },
    dead_letters: { columns: [id, 'payload jsonb', 'error text', 'retry_count integer', created] },
    connectors: {
      columns: [
        id,
        'name text',
        'type workflow.connector_type',
        'status workflow.connector_status',
        'config jsonb',
        'last_checked_at timestamptz',
      ],
    },
    tools: {
      columns: [
        id,
        'connector_id uuid references workflow.connectors on delete cascade',
        'name text',
        'input_schema jsonb',
        'output_schema jsonb',
      ],
    },
    capabilities: { columns: [id, 'name text', 'scope text'] },
    tool_capabilities: {
      columns: [
        'tool_id uuid not null references workflow.tools on delete cascade',
        'capability_id uuid not null references workflow.capabilities on delete cascade',
      ],
      indexes: ['unique (tool_id, capability_id)'],
    },
    schemas: { columns: [id, 'name text', 'version integer', 'definition jsonb'], indexes: ['unique (name, version)'] },
    workflow_templates: {
      columns: [id, 'name text', 'version integer', 'spec jsonb'],
      indexes: ['unique (name, version)'],
    },
    eval_results: {
      columns: [
        id,
        'work_item_id uuid not null references workflow.work_items on delete cascade',
        'score numeric(5,4)',
        created,
      ],
    },
  },
};
