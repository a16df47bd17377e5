import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { failItem, type FailInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: FailInput;
}

export const workItemFail: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return failItem(ctx, { ...input, workItemId: uuidOfType(input.workItemId, 'WorkItem') });
};
