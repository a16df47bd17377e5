import { userError } from '../../../kernel/errors/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { timeOutJobs } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly limit: number };
}

const maxLimit = 1_000;

export const scanJobsTimeOut: FieldResolver<unknown, Args> = async (_parent, { input: { limit } }, ctx) => {
  if (limit < 1 || limit > maxLimit) {
    return { timedOut: 0, userErrors: userError('VALIDATION', 'limit', `limit must be 1 to ${maxLimit}.`).userErrors };
  }
  return { timedOut: await timeOutJobs(ctx, limit), userErrors: [] };
};
