import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { completeAuditRun, type Completion } from '../../repository/audit-runs.js';

interface Args extends Record<string, unknown> {
  readonly input: Completion & { readonly leaseToken: string };
}

export const auditRunComplete: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const checks = input.checks.map((check) => ({ ...check, detail: check.detail ?? null }));
  const auditRunId = uuidOfType(input.auditRunId, 'AuditRun');
  return completeAuditRun(context, 'auditRunComplete', { ...input, checks, auditRunId });
};
