import type { FieldResolver } from '../../../kernel/read/index.js';
import { resolvePeriod, type Interval } from '../../domain/evaluation-rules.js';
import { listTemplateScores } from '../../repository/evaluations.js';

interface Args extends Record<string, unknown> {
  readonly from?: string | null;
  readonly to?: string | null;
  readonly interval: Interval;
  readonly templateName?: string | null;
  readonly evaluator?: string | null;
  readonly metric?: string | null;
}

export const templateScores: FieldResolver<unknown, Args> = (_root, args, context) => {
  return listTemplateScores(context.db, {
    ...resolvePeriod(args.from ?? null, args.to ?? null, Date.now()),
    interval: args.interval,
    templateName: args.templateName ?? null,
    evaluator: args.evaluator ?? null,
    metric: args.metric ?? null,
  });
};
