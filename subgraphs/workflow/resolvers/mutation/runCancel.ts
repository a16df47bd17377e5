import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { cancelRun, type RunChange } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: RunChange;
}

export const runCancel: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return cancelRun(ctx, { ...input, runId: uuidOfType(input.runId, 'Run') });
};
