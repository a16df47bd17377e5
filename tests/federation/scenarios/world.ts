/** One small company, the same rows in every shape: everything that an edge between domains leads to, once. */
import type { Database } from '../../../subgraphs/kernel/db/index.js';

const uuid = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit.toString(16)}`;

export const sha = 'c0ffee'.padEnd(40, '0');
export const ids = {
  repository: 'Repository:acme/api',
  commit: `Commit:acme/api@${sha}`,
  requirement: `Requirement:${uuid(1)}`,
  specification: `Specification:${uuid(2)}`,
  scan: `Scan:${uuid(3)}`,
  user: 'User:jana-novak',
  auditRun: `AuditRun:${uuid(4)}`,
  project: `Project:${uuid(5)}`,
  build: `Build:${uuid(6)}`,
  document: `Document:${uuid(7)}`,
  evidence: `Evidence:${uuid(8)}`,
  feature: `Feature:${uuid(9)}`,
  account: 'Account:user_jana',
  scanJob: `ScanJob:${uuid(10)}`,
} as const;

/** What work items are about, each of them by one item with one open approval. */
const subjects = [
  'auditRun',
  'build',
  'document',
  'feature',
  'repository',
  'requirement',
  'scanJob',
  'specification',
] as const;

const keyOf = (name: keyof typeof ids): string => ids[name].slice(ids[name].indexOf(':') + 1);

export async function populate(database: Database): Promise<void> {
  await database.script(`
    insert into traceability.repositories (id, name, git_url, owner, repo) values
      ('${uuid(1)}', 'api', 'https://git.example.com/acme/api.git', 'Acme', 'api'),
      ('${uuid(2)}', 'web', 'https://git.example.com/acme/web.git', 'Acme', 'web');
    insert into traceability.scans (id, repository_id, status, commit_sha, started_at)
      values ('${keyOf('scan')}', '${uuid(1)}', 'completed', '${sha}', '2026-01-02');
    insert into traceability.requirements (id, repository_id, gxp_id, title, gxp_risk_rating) values
      ('${keyOf('requirement')}', '${uuid(1)}', 'REQ-001', 'Dose limit', 'HIGH'),
      ('${uuid(11)}', '${uuid(1)}', 'REQ-002', 'Audit trail', 'LOW'),
      ('${uuid(12)}', '${uuid(2)}', 'REQ-001', 'Another dose limit', 'LOW');
    insert into traceability.specs (id, repository_id, gxp_id, title, parent_id, verification_tier)
      values ('${keyOf('specification')}', '${uuid(1)}', 'SPEC-001', 'Dose check', 'US-001', 'OQ');

    insert into builds.users (id, github_id, github_login, access_token) values ('${uuid(1)}', 7, 'Jana-Novak', 'sealed');
    insert into builds.repos (id, user_id, github_repo_id, full_name) values ('${uuid(1)}', '${uuid(1)}', 70, 'Acme/api');
    insert into builds.audit_runs (id, repo_id, commit_sha, status, overall_result, created_at) values
      ('${uuid(13)}', '${uuid(1)}', '${'b'.repeat(40)}', 'completed', 'PASS', '2026-01-01'),
      ('${keyOf('auditRun')}', '${uuid(1)}', '${sha}', 'completed', 'FAIL', '2026-01-02');
    insert into builds.projects (id, user_id, name, repo_id) values ('${keyOf('project')}', '${uuid(1)}', 'Dose portal', '${uuid(1)}');
    insert into builds.builds (id, project_id, phase, status) values
      ('${keyOf('build')}', '${keyOf('project')}', 'Phase 2', 'running'), ('${uuid(14)}', '${keyOf('project')}', 'Phase 1', 'completed');

    insert into evidence.documents (id, filename, file_type, file_path, file_hash, repository_full_name) values
      ('${keyOf('document')}', 'dosing.md', 'md', 'docs/dosing.md', 'h1', 'acme/api'),
      ('${uuid(15)}', 'web.md', 'md', 'docs/web.md', 'h2', 'acme/web');
    insert into evidence.evidence (id, document_id, type, content) values
      ('${keyOf('evidence')}', '${keyOf('document')}', 'requirement', 'As REQ-001 says, the dose may not exceed 40 mg.'),
      ('${uuid(13)}', '${keyOf('document')}', 'constraint', 'REQ-0010 is another matter.'),
      ('${uuid(14)}', '${uuid(15)}', 'requirement', 'REQ-001 of the web shop.');
    insert into evidence.features (id, name, confidence_score) values
      ('${keyOf('feature')}', 'Dose limit', 0.9), ('${uuid(10)}', 'Shop', 0.6);
    insert into evidence.feature_evidence (feature_id, evidence_id, relationship_type) values
      ('${keyOf('feature')}', '${keyOf('evidence')}', 'implements'), ('${uuid(10)}', '${uuid(14)}', 'implements');

    insert into scanning.users (clerk_user_id, metadata) values ('user_jana', '{"github_login": "Jana-Novak"}');
    insert into scanning.wallets (user_id) values ('user_jana');
    insert into scanning.scan_jobs (id, user_id, url) values ('${keyOf('scanJob')}', 'user_jana', 'https://example.com/');

    insert into workflow.approval_policies (name, version) values ('release', 1);
    insert into workflow.work_orders (id, title) values ('${uuid(1)}', 'Release 1.0');
    ${subjects
      .map(
        (name, n) => `
    insert into workflow.work_items (id, work_order_id, type, content, subject_id, requires_approval, approval_status, created_at)
      values ('${uuid(n)}', '${uuid(1)}', 'TICKET', '{"step": ${n}}', '${ids[name]}', true, 'PENDING', '2026-01-0${n + 1}');
    insert into workflow.approval_requests (work_item_id, policy_name, policy_version, required_level)
      values ('${uuid(n)}', 'release', 1, ${n + 1});`,
      )
      .join('')}
  `);
}
