/** The audit of a claim is read as anywhere else, after the commit. */
import { entityLoader, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { auditRuns } from '../entities.js';
import type { ClaimedRun } from '../repository/audit-runs.js';

const load = entityLoader(auditRuns, [auditRuns.key]);

const auditRun: FieldResolver<ClaimedRun, unknown, Row | null> = (claim, _args, context, info) =>
  load([claim.id], context, info);

export const AuditRunClaim = { auditRun };
