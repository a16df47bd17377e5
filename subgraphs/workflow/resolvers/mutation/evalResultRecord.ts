import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { recordEvaluation } from '../../operations/evaluations.js';

interface Args extends Record<string, unknown> {
  readonly input: {
    readonly workItemId: string;
    readonly attemptId?: string | null;
    readonly evaluator: string;
    readonly metric: string;
    readonly score: number;
    readonly passed: boolean;
    readonly details?: unknown;
    readonly clientKey?: string | null;
  };
}

export const evalResultRecord: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { workItemId, attemptId, details, clientKey } = input;
  return recordEvaluation(context, {
    ...input,
    workItemId: uuidOfType(workItemId, 'WorkItem'),
    attemptId: attemptId == null ? null : uuidOfType(attemptId, 'Attempt'),
    details: details ?? {},
    clientKey: clientKey ?? null,
  });
};
