/** Invoices on their way through a template: done, waiting for a signature, and given up. */
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { at, idOf, insertRows, type Row } from './rows.js';

const order = idOf('work order invoices');
const policy = { policy_name: 'invoice-approval', policy_version: 1 };

interface Invoice {
  readonly number: string;
  readonly amount: number;
  readonly status: 'COMPLETED' | 'PROCESSING' | 'FAILED';
  readonly approval: 'NOT_REQUIRED' | 'APPROVED' | 'PENDING';
}

const invoices: readonly Invoice[] = [
  { number: 'M-1001', amount: 420, status: 'COMPLETED', approval: 'NOT_REQUIRED' },
  { number: 'M-1002', amount: 18_400, status: 'COMPLETED', approval: 'APPROVED' },
  { number: 'M-1003', amount: 52_000, status: 'PROCESSING', approval: 'PENDING' },
  { number: 'M-1004', amount: 0, status: 'FAILED', approval: 'NOT_REQUIRED' },
];

export async function seedWorkflow(tx: Transaction): Promise<void> {
  await seedTools(tx);
  await insertRows(tx, 'workflow.schemas', [
    {
      id: idOf('schema invoice'),
      name: 'invoice',
      document_type: 'INVOICE',
      definition: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        required: ['number', 'supplier', 'amount'],
        properties: {
          number: { type: 'string' },
          supplier: { type: 'string' },
          amount: { type: 'number', exclusiveMinimum: 0 },
        },
      },
      created_at: at(14),
    },
  ]);
  await insertRows(tx, 'workflow.approval_policies', [
    {
      name: policy.policy_name,
      version: policy.policy_version,
      description: 'Above 10,000 one person signs.',
      max_level: 2,
    },
  ]);
  // Its status is left to the database: it follows from the items.
  await insertRows(tx, 'workflow.work_orders', [
    { id: order, title: 'Invoices of March', priority: 'HIGH', requested_by: 'petr.svoboda', created_at: at(28) },
  ]);
  await insertRows(tx, 'workflow.work_items', invoices.map(itemRow));
  await insertRows(tx, 'workflow.attempts', invoices.map(attemptRow));
  await insertRows(tx, 'workflow.approval_requests', invoices.filter(needsApproval).map(requestRow));
  await insertRows(tx, 'workflow.approval_events', [approvalRow('M-1002')]);
  await insertRows(tx, 'workflow.dead_letters', [deadLetterRow('M-1004')]);
  await insertRows(tx, 'workflow.eval_results', invoices.slice(0, 2).map(evaluationRow));
  await insertRows(tx, 'workflow.mem_docs', [
    {
      id: idOf('memory'),
      type: 'KNOWLEDGE',
      title: 'Suppliers that send two invoices',
      content: 'Helix Sensors sends a proforma invoice first. Only the second one is to be paid.',
      created_by: 'invoice-agent',
      created_at: at(29),
    },
  ]);
}

async function seedTools(tx: Transaction): Promise<void> {
  await insertRows(tx, 'workflow.connectors', [
    {
      id: idOf('connector ledger'),
      name: 'ledger',
      type: 'API',
      status: 'ACTIVE',
      config: { base_url: 'https://ledger.example.com' },
      last_checked_at: at(28),
      created_at: at(14),
    },
  ]);
  await insertRows(tx, 'workflow.tools', [
    {
      id: idOf('tool post'),
      connector_id: idOf('connector ledger'),
      name: 'ledger.post',
      description: 'Posts an approved invoice.',
      input_schema: { type: 'object', required: ['number', 'amount'] },
      created_at: at(14),
    },
  ]);
  await insertRows(tx, 'workflow.capabilities', [
    { id: idOf('capability post'), name: 'Post to the ledger', scope: 'ledger:post', created_at: at(14) },
  ]);
  await insertRows(tx, 'workflow.tool_capabilities', [
    { tool_id: idOf('tool post'), capability_id: idOf('capability post'), created_at: at(14) },
  ]);
}

function itemId({ number }: Pick<Invoice, 'number'>): string {
  return idOf(`work item ${number}`);
}

function needsApproval({ approval }: Invoice): boolean {
  return approval !== 'NOT_REQUIRED';
}

function itemRow(invoice: Invoice): Row {
  const { number, amount, status, approval } = invoice;
  return {
    id: itemId(invoice),
    work_order_id: order,
    schema_id: idOf('schema invoice'),
    type: 'INVOICE',
    status,
    priority: 'HIGH',
    content: { number, supplier: 'Helix Sensors', amount },
    result: status === 'COMPLETED' ? { posted: true } : null,
    error: status === 'FAILED' ? 'amount must be greater than 0' : null,
    requires_approval: needsApproval(invoice),
    approval_status: approval,
    retry_count: status === 'FAILED' ? 3 : 0,
    next_attempt_at: at(28),
    created_at: at(28),
    completed_at: status === 'PROCESSING' ? null : at(29),
  };
}

function attemptRow(invoice: Invoice): Row {
  const failed = invoice.status === 'FAILED';
  return {
    id: idOf(`attempt ${invoice.number}`),
    work_item_id: itemId(invoice),
    number: failed ? 4 : 1,
    status: failed ? 'FAILED' : 'COMPLETED',
    agent_id: 'invoice-agent',
    model: 'extract-small',
    input: { number: invoice.number },
    output: failed ? null : { supplier: 'Helix Sensors', amount: invoice.amount },
    error: failed ? 'amount must be greater than 0' : null,
    started_at: at(28, 1),
    finished_at: at(28, 1, 1),
    input_tokens: 812,
    output_tokens: 64,
    cost: 0.0031,
  };
}

function requestRow(invoice: Invoice): Row {
  const decided = invoice.approval !== 'PENDING';
  return {
    id: idOf(`approval ${invoice.number}`),
    work_item_id: itemId(invoice),
    ...policy,
    status: decided ? 'APPROVED' : 'OPEN',
    requested_by: 'invoice-agent',
    requested_at: at(28, 2),
    decided_at: decided ? at(29) : null,
  };
}

function approvalRow(number: string): Row {
  return {
    id: idOf(`approval event ${number}`),
    work_item_id: itemId({ number }),
    approval_request_id: idOf(`approval ${number}`),
    approver_id: 'jana.novak',
    printed_name: 'Jana Novak',
    decision: 'APPROVED',
    meaning: 'I have checked the amount against the order and approve the payment.',
    ...policy,
    created_at: at(29),
  };
}

function deadLetterRow(number: string): Row {
  return {
    id: idOf(`dead letter ${number}`),
    work_item_id: itemId({ number }),
    source: 'work_items',
    event_type: 'retriesExhausted',
    payload: { number, supplier: 'Helix Sensors', amount: 0 },
    error: 'amount must be greater than 0',
    retry_count: 3,
    created_at: at(29),
  };
}

function evaluationRow(invoice: Invoice, index: number): Row {
  return {
    id: idOf(`evaluation ${invoice.number}`),
    work_item_id: itemId(invoice),
    attempt_id: idOf(`attempt ${invoice.number}`),
    evaluator: 'field-accuracy',
    score: index === 0 ? 1 : 0.9375,
    passed: true,
    created_at: at(29),
  };
}
