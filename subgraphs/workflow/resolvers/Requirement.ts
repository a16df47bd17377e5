/** What its approvals say of a requirement of another domain, which sends along when its text last changed. */
import { loadBatched, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { listLastApprovals } from '../repository/approvals.js';

const lastApprovals = {};

const lastApprovedAt: FieldResolver<Row, unknown, string | null> = (requirement, _args, context) => {
  if (!context.auth.isAuthenticated) return null;
  const batch = (ids: readonly string[]) => listLastApprovals(context.db, ids);
  return loadBatched(context, lastApprovals, String(requirement['_id']), batch, String);
};

const changedSinceApproval: FieldResolver<Row, unknown, boolean | null> = async (requirement, args, context, info) => {
  const approvedAt = (await lastApprovedAt(requirement, args, context, info)) ?? null;
  const changedAt = requirement['textChangedAt'];
  // Timestamps are texts in UTC with six digits of fraction, and compare as texts.
  return approvedAt === null || typeof changedAt !== 'string' ? null : changedAt > approvedAt;
};

export const requirementFields = { lastApprovedAt, changedSinceApproval };
