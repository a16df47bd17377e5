import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { heartbeat, type HeartbeatInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: HeartbeatInput;
}

export const workItemHeartbeat: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return heartbeat(ctx, { ...input, workItemId: uuidOfType(input.workItemId, 'WorkItem') });
};
