import type { FieldResolver } from '../../../kernel/read/index.js';
import { claimJobs, type ClaimInput } from '../../queue/index.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<ClaimInput, 'fileTypes'> & Partial<Pick<ClaimInput, 'fileTypes'>>;
}

export const processingJobsClaim: FieldResolver<unknown, Args> = async (_parent, { input }, ctx) => {
  ctx.auth.require('evidence:work');
  const { claims = [], userErrors } = await claimJobs(ctx, { ...input, fileTypes: input.fileTypes ?? null });
  return { claims, userErrors };
};
