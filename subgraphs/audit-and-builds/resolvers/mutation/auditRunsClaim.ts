import type { FieldResolver } from '../../../kernel/read/index.js';
import { claimAuditRuns, type ClaimRequest } from '../../repository/audit-runs.js';

interface Args extends Record<string, unknown> {
  readonly input: ClaimRequest;
}

export const auditRunsClaim: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return claimAuditRuns(context, input);
};
