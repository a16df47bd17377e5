import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { handOnToAnalysis } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly scanJobId: string;
    readonly expectedVersion: number;
    readonly leaseToken: string;
    readonly keepLease: boolean;
  };
}

export const scanJobAnalyze: FieldResolver<unknown, Args> = (_parent, { input: { scanJobId, ...change } }, ctx) => {
  return handOnToAnalysis(ctx, { ...change, jobId: uuidOfType(scanJobId, 'ScanJob') });
};
