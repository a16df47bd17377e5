import type { FieldResolver } from '../../../kernel/read/index.js';
import { claimItems, type ClaimInput } from '../../engine/index.js';

interface Args extends Record<string, unknown> {
  readonly input: ClaimInput;
}

export const workItemsClaim: FieldResolver<unknown, Args> = async (_parent, { input }, ctx) => {
  const { claims = [], userErrors } = await claimItems(ctx, input);
  return { claims, userErrors };
};
