/** The queue's figures, of all types and of each. */
import { badInput } from '../../../kernel/errors/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { JobType } from '../../domain/job-states.js';
import { readQueueFigures, type QueueFigures } from '../../repository/queue-statistics.js';

interface Args extends Record<string, unknown> {
  readonly windowSeconds: number;
}

const longestWindow = 7 * 86_400;

export const processingQueue: FieldResolver<unknown, Args> = async (_parent, { windowSeconds }, ctx) => {
  if (windowSeconds < 60 || windowSeconds > longestWindow) {
    throw badInput(`windowSeconds must be 60 to ${longestWindow}.`);
  }
  const figures = await readQueueFigures(ctx.db, windowSeconds);
  const of = (jobType: JobType | null): Record<string, unknown> =>
    toStatistics(figures.find((each) => each.jobType === jobType) ?? { ...nothing, jobType }, windowSeconds);
  return { ...of(null), byType: (['extract', 'embed', 'infer'] as const).map(of) };
};

const nothing: Omit<QueueFigures, 'jobType'> = {
  waiting: 0,
  delayed: 0,
  processing: 0,
  overdue: 0,
  failed: 0,
  oldestWaitingSeconds: null,
  completedInWindow: 0,
  failedInWindow: 0,
};

function toStatistics(figures: QueueFigures, windowSeconds: number): Record<string, unknown> {
  const { waiting, delayed, processing, completedInWindow, failedInWindow } = figures;
  const ended = completedInWindow + failedInWindow;
  return {
    ...figures,
    depth: waiting + delayed + processing,
    completedPerMinute: (completedInWindow * 60) / windowSeconds,
    failureRate: ended === 0 ? null : failedInWindow / ended,
  };
}
