import type { FieldResolver } from '../../../kernel/read/index.js';
import type { ClaimStage } from '../../domain/index.js';
import { claimJobs } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly stage: ClaimStage; readonly limit: number; readonly leaseSeconds: number };
}

export const scanJobsClaim: FieldResolver<unknown, Args> = async (_parent, { input }, ctx) => {
  const { claims = [], userErrors } = await claimJobs(ctx, input);
  return { claims, userErrors };
};
