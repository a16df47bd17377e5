import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { beginToolCall, type BeginCallInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: BeginCallInput;
}

export const toolCallBegin: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return beginToolCall(ctx, { ...input, workItemId: uuidOfType(input.workItemId, 'WorkItem') });
};
