import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { retryJobs } from '../../queue/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly processingJobIds?: readonly string[] | null; readonly limit: number };
}

export const processingJobsRetry: FieldResolver<unknown, Args> = async (_parent, { input }, ctx) => {
  const ids = input.processingJobIds?.map((id) => uuidOfType(id, 'ProcessingJob')) ?? null;
  const { requeued = 0, userErrors } = await retryJobs(ctx, { ids, limit: input.limit });
  return { requeued, userErrors };
};
