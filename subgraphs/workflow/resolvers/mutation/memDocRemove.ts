import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { removeMemory } from '../../operations/memory.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly memDocId: string };
}

export const memDocRemove: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return removeMemory(context, uuidOfType(input.memDocId, 'MemDoc'));
};
