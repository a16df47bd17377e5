import type { FieldResolver } from '../../../kernel/read/index.js';
import { sweepSilentBuilds } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly limit?: number | null };
}

export const buildsTimeOut: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return sweepSilentBuilds(context, input.limit);
};
