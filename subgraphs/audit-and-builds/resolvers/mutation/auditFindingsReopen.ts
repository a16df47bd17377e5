import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { reopenFindings } from '../../repository/audit-findings.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly auditFindingIds: readonly string[] };
}

export const auditFindingsReopen: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return reopenFindings(context, [...new Set(input.auditFindingIds.map((id) => uuidOfType(id, 'AuditFinding')))]);
};
