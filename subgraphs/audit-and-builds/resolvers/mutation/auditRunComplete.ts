import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { presentable, withFingerprints, type CheckOutcome, type Finding } from '../../domain/audit/index.js';
import { completeAuditRun, type Completion } from '../../repository/audit-runs.js';

type GivenFinding = Pick<Finding, 'rule' | 'severity' | 'message'> & Partial<Finding>;

interface GivenCheck extends Omit<CheckOutcome, 'findings' | 'detail'> {
  readonly detail?: string | null;
  readonly findings?: readonly GivenFinding[] | null;
}

interface Args extends Record<string, unknown> {
  readonly input: Omit<Completion, 'checks'> & { readonly leaseToken: string; readonly checks: readonly GivenCheck[] };
}

export const auditRunComplete: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const checks = input.checks.map((check) => ({
    ...check,
    detail: check.detail ?? null,
    findings: withFingerprints(check.code, (check.findings ?? []).map(toFinding)),
  }));
  const auditRunId = uuidOfType(input.auditRunId, 'AuditRun');
  return completeAuditRun(context, 'auditRunComplete', { ...input, checks, auditRunId });
};

function toFinding({ path = null, line = null, ...finding }: GivenFinding): Finding {
  return presentable({ ...finding, path, line });
}
