import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Analysis } from '../../domain/index.js';
import { completeJob } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: Analysis & {
    readonly scanJobId: string;
    readonly expectedVersion: number;
    readonly leaseToken: string;
    readonly httpHeaders?: Readonly<Record<string, unknown>> | null;
  };
}

export const scanJobComplete: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { scanJobId, expectedVersion, leaseToken, httpHeaders, ...analysis } = input;
  return completeJob(ctx, {
    jobId: uuidOfType(scanJobId, 'ScanJob'),
    expectedVersion,
    leaseToken,
    analysis,
    httpHeaders: httpHeaders ?? {},
  });
};
