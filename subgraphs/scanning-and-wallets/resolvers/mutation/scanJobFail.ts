import { userError } from '../../../kernel/errors/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { failJob } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly scanJobId: string;
    readonly expectedVersion: number;
    readonly leaseToken?: string | null;
    readonly reason: string;
  };
}

export const scanJobFail: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const isAdmin = ctx.auth.has('scanning:admin');
  const { scanJobId, expectedVersion, reason } = input;
  const leaseToken = input.leaseToken ?? null;
  const jobId = uuidOfType(scanJobId, 'ScanJob');
  if (leaseToken === null && !isAdmin) {
    return {
      userErrors: userError('VALIDATION', 'leaseToken', 'leaseToken is needed without scanning:admin.').userErrors,
    };
  }
  return failJob(ctx, { jobId, expectedVersion, leaseToken, reason });
};
