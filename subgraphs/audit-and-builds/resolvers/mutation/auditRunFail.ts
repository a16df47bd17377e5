import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { failAuditRun, type Failure } from '../../repository/audit-runs.js';

interface Args extends Record<string, unknown> {
  readonly input: Failure;
}

export const auditRunFail: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return failAuditRun(context, { ...input, auditRunId: uuidOfType(input.auditRunId, 'AuditRun') });
};
