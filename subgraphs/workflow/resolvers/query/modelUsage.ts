import type { FieldResolver } from '../../../kernel/read/index.js';
import { resolvePeriod } from '../../domain/evaluation-rules.js';
import { listModelUsage } from '../../repository/evaluations.js';

interface Args extends Record<string, unknown> {
  readonly from?: string | null;
  readonly to?: string | null;
}

export const modelUsage: FieldResolver<unknown, Args> = (_root, args, context) => {
  return listModelUsage(context.db, resolvePeriod(args.from ?? null, args.to ?? null, Date.now()));
};
