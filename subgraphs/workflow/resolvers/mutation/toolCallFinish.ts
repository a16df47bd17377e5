import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { finishToolCall, type FinishCallInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: FinishCallInput;
}

export const toolCallFinish: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return finishToolCall(ctx, { ...input, toolCallId: uuidOfType(input.toolCallId, 'ToolCall') });
};
