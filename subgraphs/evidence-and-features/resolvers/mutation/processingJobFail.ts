import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { failJob } from '../../operations/queue/index.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly processingJobId: string;
    readonly leaseToken: string;
    readonly reason: string;
    readonly isPermanent: boolean;
    readonly retryAfterSeconds?: number | null;
  };
}

export const processingJobFail: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { processingJobId, retryAfterSeconds, ...failure } = input;
  const jobId = uuidOfType(processingJobId, 'ProcessingJob');
  return failJob(ctx, { ...failure, jobId, retryAfterSeconds: retryAfterSeconds ?? null });
};
