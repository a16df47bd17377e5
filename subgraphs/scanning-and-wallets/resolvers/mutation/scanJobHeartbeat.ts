import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { heartbeat } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly scanJobId: string; readonly leaseToken: string; readonly leaseSeconds: number };
}

export const scanJobHeartbeat: FieldResolver<unknown, Args> = (_parent, { input: { scanJobId, ...lease } }, ctx) => {
  return heartbeat(ctx, { ...lease, jobId: uuidOfType(scanJobId, 'ScanJob') });
};
