import type { FieldResolver } from '../../../kernel/read/index.js';
import type { ClaimStage } from '../../domain/index.js';
import { claimJobs } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly stage: ClaimStage; readonly limit: number; readonly leaseSeconds: number };
}

export const scanJobsClaim: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return claimJobs(ctx, input);
};
