import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { completeItem, type CompleteInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: CompleteInput;
}

export const workItemComplete: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return completeItem(ctx, { ...input, workItemId: uuidOfType(input.workItemId, 'WorkItem') });
};
