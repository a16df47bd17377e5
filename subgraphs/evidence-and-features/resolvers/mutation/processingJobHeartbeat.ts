import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { heartbeat } from '../../operations/queue/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly processingJobId: string; readonly leaseToken: string; readonly leaseSeconds: number };
}

export const processingJobHeartbeat: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const { processingJobId, ...lease } = input;
  return heartbeat(ctx, { ...lease, jobId: uuidOfType(processingJobId, 'ProcessingJob') });
};
