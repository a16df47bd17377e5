import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { pauseRun, type RunChange } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: RunChange;
}

export const runPause: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return pauseRun(ctx, { ...input, runId: uuidOfType(input.runId, 'Run') });
};
