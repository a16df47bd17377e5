import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { acceptFindings } from '../../repository/audit-findings.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly auditFindingIds: readonly string[]; readonly reason: string };
}

export const auditFindingsAccept: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const ids = input.auditFindingIds.map((id) => uuidOfType(id, 'AuditFinding'));
  return acceptFindings(context, [...new Set(ids)], input.reason);
};
