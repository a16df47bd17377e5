/** What a chapter comes to: rows by table, and what the audit trail says of them. */

export type Row = Readonly<Record<string, unknown>>;

/** What the audit trail says happened, at the story's time and by the story's people. */
export interface Entry {
  readonly at: string;
  readonly user: string;
  readonly type: string;
  readonly key: string;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly repository?: string | null;
  readonly account?: string | null;
  /** False for what the audit trail alone wants, as with mutations. */
  readonly event?: boolean;
}

/** Parents before children: the order in which foreign keys allow them. */
export const tables = [
  'traceability.repositories',
  'traceability.trusted_keys',
  'traceability.scans',
  'traceability.scan_rejections',
  'traceability.coverage_snapshots',
  'traceability.system_contexts',
  'traceability.requirements',
  'traceability.user_stories',
  'traceability.specs',
  'traceability.acceptance_criteria',
  'traceability.evidence',
  'traceability.traceability_links',
  'builds.users',
  'builds.repos',
  'builds.webhook_deliveries',
  'builds.audit_runs',
  'builds.audit_checks',
  'builds.projects',
  'builds.project_contracts',
  'builds.builds',
  'builds.build_logs',
  'evidence.documents',
  'evidence.processing_jobs',
  'evidence.evidence',
  'evidence.features',
  'evidence.feature_evidence',
  'evidence.feature_outputs',
  'evidence.feature_audit',
  'scanning.users',
  'scanning.wallets',
  'scanning.scan_jobs',
  'scanning.credit_transactions',
  'scanning.scan_results',
  'scanning.audit_logs',
  'workflow.connectors',
  'workflow.capabilities',
  'workflow.tools',
  'workflow.tool_capabilities',
  'workflow.schemas',
  'workflow.approval_policies',
  'workflow.workflow_templates',
  'workflow.work_orders',
  'workflow.runs',
  'workflow.run_steps',
  'workflow.work_items',
  'workflow.attempts',
  'workflow.tool_calls',
  'workflow.approval_requests',
  'workflow.approval_events',
  'workflow.dead_letters',
  'workflow.eval_results',
  'workflow.mem_docs',
] as const;
export type Table = (typeof tables)[number];

export class RowSet {
  readonly rows = new Map<Table, Row[]>();
  readonly entries: Entry[] = [];

  add(table: Table, ...rows: readonly Row[]): void {
    const known = this.rows.get(table);
    if (known === undefined) this.rows.set(table, [...rows]);
    else for (const row of rows) known.push(row);
  }

  note(entry: Entry): void {
    this.entries.push(entry);
  }
}
