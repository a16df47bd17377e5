import type { FieldResolver } from '../../../kernel/read/index.js';
import { jobTypes } from '../../domain/job-states.js';
import { claimJobs, type ClaimInput } from '../../operations/queue/index.js';

type Chosen = 'jobTypes' | 'handler' | 'fileTypes';

interface Args extends Record<string, unknown> {
  readonly input: Omit<ClaimInput, Chosen> & { readonly [Name in Chosen]?: ClaimInput[Name] | null };
}

/** Choices are made here and not by default values of the schema, which an enum with stored spellings would not translate. */
export const processingJobsClaim: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return claimJobs(ctx, {
    ...input,
    jobTypes: input.jobTypes ?? jobTypes,
    handler: input.handler ?? 'outside',
    fileTypes: input.fileTypes ?? null,
  });
};
