/** What a score may be, and what of them may be asked for. */
import { badInput, userError } from '../../kernel/errors/index.js';
import { assertJson, assertText } from './text-limits.js';

export interface Evaluation {
  readonly evaluator: string;
  readonly metric: string;
  readonly score: number;
  readonly details: unknown;
}

/** Throws VALIDATION. */
export function assertEvaluation({ evaluator, metric, score, details }: Evaluation): void {
  assertText('evaluator', evaluator, { max: 200 });
  assertText('metric', metric, { max: 200 });
  if (!(score >= 0 && score <= 1)) throw userError('VALIDATION', 'score', 'Expected 0 to 1.');
  assertJson('details', details, 50_000);
}

export type Interval = 'DAY' | 'WEEK' | 'MONTH';

export interface Period {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
}

const day = 86_400_000;
const defaultDays = 30;
const mostDays = 366;
const firstMoment = Date.parse('0001-01-01T00:00:00Z');

/** From `from` up to `to`, the last 30 days when both are left out. Throws BAD_USER_INPUT when it is empty or longer than a year. */
export function resolvePeriod(from: string | null, to: string | null, now: number): Period {
  const end = to ?? new Date(now).toISOString();
  const start = from ?? new Date(Math.max(Date.parse(end) - defaultDays * day, firstMoment)).toISOString();
  const length = Date.parse(end) - Date.parse(start);
  if (length <= 0) throw badInput('from must be before to.');
  if (length > mostDays * day) throw badInput(`from and to may be ${mostDays} days apart.`);
  return { from: start, to: end };
}
