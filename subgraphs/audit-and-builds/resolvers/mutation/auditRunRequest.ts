import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { requestAuditRun, type AuditRunRequest } from '../../repository/audit-runs.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<AuditRunRequest, 'repository'> & { readonly repositoryId: string };
}

export const auditRunRequest: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { repositoryId, ...rest } = input;
  return requestAuditRun(context, { ...rest, repository: keyOfType(repositoryId, 'Repository').toLowerCase() });
};
