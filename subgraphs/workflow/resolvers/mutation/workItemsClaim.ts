import type { FieldResolver } from '../../../kernel/read/index.js';
import { claimItems, type ClaimInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: ClaimInput;
}

export const workItemsClaim: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return claimItems(ctx, input);
};
