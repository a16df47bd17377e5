import type { FieldResolver } from '../../../kernel/read/index.js';
import { resolvePeriod } from '../../domain/evaluation-rules.js';
import { listPassRates } from '../../repository/evaluations.js';

interface Args extends Record<string, unknown> {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly evaluator?: string | null;
  readonly metric?: string | null;
}

export const passRates: FieldResolver<unknown, Args> = (_root, args, context) => {
  return listPassRates(context.db, {
    ...resolvePeriod(args.from ?? null, args.to ?? null, Date.now()),
    evaluator: args.evaluator ?? null,
    metric: args.metric ?? null,
  });
};
