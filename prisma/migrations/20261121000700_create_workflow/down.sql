DROP TABLE workflow.eval_results, workflow.dead_letters, workflow.approval_events, workflow.approval_requests,
  workflow.approval_policies, workflow.mem_docs, workflow.tool_calls, workflow.attempts, workflow.work_items,
  workflow.run_elements, workflow.run_steps, workflow.runs, workflow.work_orders, workflow.workflow_templates, workflow.schemas,
  workflow.tool_capabilities, workflow.capabilities, workflow.tools, workflow.connectors;
DROP FUNCTION workflow.check_four_eyes, workflow.may_decide, workflow.derive_work_order_status, workflow.check_work_order_status,
  workflow.work_order_status_of, workflow.refuse_template_change;
DROP TYPE workflow.connector_status, workflow.connector_type, workflow.approval_decision, workflow.mem_doc_type,
  workflow.attempt_status, workflow.work_item_status, workflow.work_item_type, workflow.priority, workflow.work_order_status;
