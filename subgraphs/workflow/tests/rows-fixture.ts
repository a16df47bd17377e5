/** Three of everything, related to each other one by one, under ids that tests can name. */
import type { Database } from '../../kernel/db/index.js';

export const uuid = (kind: number, n: number): string =>
  `00000000-0000-4000-8000-${String(kind * 1_000 + n).padStart(12, '0')}`;
export const order = (n: number) => uuid(1, n);
export const item = (n: number) => uuid(2, n);
export const attempt = (n: number) => uuid(3, n);
export const template = (n: number) => uuid(4, n);
export const run = (n: number) => uuid(5, n);

export async function insertRows(database: Database): Promise<void> {
  const three = 'from generate_series(1, 3) n';
  const id = (kind: number): string =>
    `('00000000-0000-4000-8000-' || lpad((${kind} * 1000 + n)::text, 12, '0'))::uuid`;
  for (const statement of [
    `insert into workflow.approval_policies (name, version) values ('policy', 1)`,
    `insert into workflow.work_orders (id, title) select ${id(1)}, 'Order ' || n ${three}`,
    `insert into workflow.workflow_templates (id, name, version, spec) select ${id(4)}, 'invoices', n, '{}' ${three}`,
    `insert into workflow.runs (id, work_order_id, workflow_template_id) select ${id(5)}, ${id(1)}, ${id(4)} ${three}`,
    `insert into workflow.run_steps (id, run_id, step_key, kind) select ${id(6)}, ${id(5)}, 'step-' || n, 'WORK' ${three}`,
    `insert into workflow.schemas (id, name, definition) select ${id(7)}, 'schema-' || n, 'true' ${three}`,
    `insert into workflow.work_items (id, work_order_id, run_id, run_step_id, item_key, schema_id, type, content, subject_id, required_capabilities)
       select ${id(2)}, ${id(1)}, ${id(5)}, ${id(6)}, 'i', ${id(7)}, (array['INVOICE', 'TICKET', 'TICKET'])[n]::workflow.work_item_type,
         jsonb_build_object('invoice_number', 'M-100' || n, 'note', 'paying the ' || (array['harbour', 'bakery', 'bakery'])[n]),
         'Build:' || ${id(9)}, array['scope-' || n] ${three}`,
    `insert into workflow.attempts (id, work_item_id, agent_id, model, status, started_at, finished_at, input_tokens, output_tokens, cost)
       select ${id(3)}, ${id(2)}, 'agent', (array['large', 'small', null])[n], (array['COMPLETED', 'FAILED', 'TIMEOUT'])[n]::workflow.attempt_status,
         ('2026-03-0' || n)::timestamptz, ('2026-03-0' || n || ' 00:00:10')::timestamptz, 100 * n, 10 * n, 0.5 / n ${three}`,
    `insert into workflow.connectors (id, name, type) select ${id(10)}, 'connector-' || n, 'API' ${three}`,
    `insert into workflow.tools (id, name, connector_id) select ${id(11)}, 'tool-' || n, ${id(10)} ${three}`,
    `insert into workflow.capabilities (id, name, scope) select ${id(12)}, 'capability-' || n, 'scope-' || n ${three}`,
    `insert into workflow.tool_capabilities (tool_id, capability_id) select ${id(11)}, ${id(12)} ${three}`,
    `insert into workflow.tool_calls (id, attempt_id, tool_id, called_by, input) select ${id(13)}, ${id(3)}, ${id(11)}, 'agent', '{}' ${three}`,
    `insert into workflow.approval_requests (id, work_item_id, policy_name, policy_version) select ${id(14)}, ${id(2)}, 'policy', 1 ${three}`,
    `insert into workflow.approval_events (work_item_id, approval_request_id, approver_id, printed_name, decision, meaning, policy_name, policy_version)
       select ${id(2)}, ${id(14)}, 'jana', 'Jana', 'ESCALATED', 'To my superior', 'policy', 1 ${three}`,
    `insert into workflow.dead_letters (work_item_id, source, event_type, payload, error) select ${id(2)}, 'work_items', 'x', '{}', 'x' ${three}`,
  ]) {
    await database.query(statement);
  }
}
