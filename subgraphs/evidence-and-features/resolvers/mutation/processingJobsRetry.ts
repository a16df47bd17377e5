import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { retryJobs } from '../../operations/queue/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly processingJobIds?: readonly string[] | null; readonly limit: number };
}

export const processingJobsRetry: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  const ids = input.processingJobIds?.map((id) => uuidOfType(id, 'ProcessingJob')) ?? null;
  return retryJobs(ctx, { ids, limit: input.limit });
};
