import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { performAuditRun, type PerformInput } from '../../repository/perform-audit.js';

interface Args extends Record<string, unknown> {
  readonly input: PerformInput;
}

export const auditRunPerform: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return performAuditRun(context, { ...input, auditRunId: uuidOfType(input.auditRunId, 'AuditRun') });
};
