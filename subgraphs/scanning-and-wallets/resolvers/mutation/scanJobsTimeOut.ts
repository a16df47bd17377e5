import { userErrorOf } from '../../../kernel/errors/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { timeOutJobs } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly limit: number };
}

const maxLimit = 1_000;

export const scanJobsTimeOut: FieldResolver<unknown, Args> = async (_parent, { input: { limit } }, ctx) => {
  if (limit < 1 || limit > maxLimit) {
    return { userErrors: [userErrorOf('VALIDATION', 'limit', `limit must be 1 to ${maxLimit}.`)] };
  }
  return { timedOutCount: await timeOutJobs(ctx, limit), userErrors: [] };
};
