/** Three of everything, related to each other one by one, under ids that tests can name. */
import type { Database } from '../../kernel/db/index.js';

export const uuid = (kind: number, n: number): string =>
  `00000000-0000-4000-8000-${String(kind * 1_000 + n).padStart(12, '0')}`;
export const order = (n: number) => uuid(1, n);
export const item = (n: number) => uuid(2, n);
export const attempt = (n: number) => uuid(3, n);
export const template = (n: number) => uuid(4, n);
export const run = (n: number) => uuid(5, n);

/** In the statements `{1}` is the id of the row `n` of kind 1. */
export async function insertRows(database: Database): Promise<void> {
  for (const statement of [
    `insert into workflow.approval_policies (name, version) values ('policy', 1)`,
    `insert into workflow.work_orders (id, title) select {1}, 'Order ' || n from generate_series(1, 3) n`,
    `insert into workflow.workflow_templates (id, name, version, spec) select {4}, 'invoices', n, '{}' from generate_series(1, 3) n`,
    `insert into workflow.runs (id, work_order_id, workflow_template_id) select {5}, {1}, {4} from generate_series(1, 3) n`,
    `insert into workflow.run_steps (id, run_id, step_key, kind) select {6}, {5}, 'step-' || n, 'WORK' from generate_series(1, 3) n`,
    `insert into workflow.schemas (id, name, definition) select {7}, 'schema-' || n, 'true' from generate_series(1, 3) n`,
    `insert into workflow.work_items (id, work_order_id, run_id, run_step_id, item_key, schema_id, type, content, subject_id, required_capabilities)
       select {2}, {1}, {5}, {6}, 'i', {7}, (array['INVOICE', 'TICKET', 'TICKET'])[n]::workflow.work_item_type,
         jsonb_build_object('invoice_number', 'M-100' || n, 'note', 'paying the ' || (array['harbour', 'bakery', 'bakery'])[n]),
         'Build:' || {9}, array['scope-' || n] from generate_series(1, 3) n`,
    `insert into workflow.attempts (id, work_item_id, agent_id, model, status, started_at, finished_at, input_tokens, output_tokens, cost)
       select {3}, {2}, 'agent', (array['large', 'small', null])[n], (array['COMPLETED', 'FAILED', 'TIMEOUT'])[n]::workflow.attempt_status,
         ('2026-03-0' || n)::timestamptz, ('2026-03-0' || n || ' 00:00:10')::timestamptz, 100 * n, 10 * n, 0.5 / n from generate_series(1, 3) n`,
    `insert into workflow.connectors (id, name, type) select {10}, 'connector-' || n, 'API' from generate_series(1, 3) n`,
    `insert into workflow.tools (id, name, connector_id) select {11}, 'tool-' || n, {10} from generate_series(1, 3) n`,
    `insert into workflow.capabilities (id, name, scope) select {12}, 'capability-' || n, 'scope-' || n from generate_series(1, 3) n`,
    `insert into workflow.tool_capabilities (tool_id, capability_id) select {11}, {12} from generate_series(1, 3) n`,
    `insert into workflow.tool_calls (id, attempt_id, tool_id, called_by, input) select {13}, {3}, {11}, 'agent', '{}' from generate_series(1, 3) n`,
    `insert into workflow.approval_requests (id, work_item_id, policy_name, policy_version) select {14}, {2}, 'policy', 1 from generate_series(1, 3) n`,
    `insert into workflow.approval_events (work_item_id, approval_request_id, approver_id, printed_name, decision, meaning, policy_name, policy_version)
       select {2}, {14}, 'jana', 'Jana', 'ESCALATED', 'To my superior', 'policy', 1 from generate_series(1, 3) n`,
    `insert into workflow.dead_letters (work_item_id, source, event_type, payload, error) select {2}, 'work_items', 'x', '{}', 'x' from generate_series(1, 3) n`,
  ]) {
    await database.query(
      statement.replace(/\{(\d+)\}/g, "('00000000-0000-4000-8000-' || lpad(($1 * 1000 + n)::text, 12, '0'))::uuid"),
    );
  }
}
