/** Scores of what came of items, as evaluators record them. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertEvaluation, type Evaluation } from '../domain/evaluation-rules.js';
import { insertEvaluation, lockEvaluated } from '../repository/evaluations.js';

export interface EvaluationInput extends Evaluation {
  /** Keys. */
  readonly workItemId: string;
  readonly attemptId: string | null;
  readonly passed: boolean;
  readonly clientKey: string | null;
}

export function recordEvaluation(
  writer: Writer,
  { clientKey, ...input }: EvaluationInput,
): Promise<Written<{ evalResult: string }>> {
  return write(writer, { operation: 'evalResultRecord', clientKey, input }, async (tx) => {
    assertEvaluation(input);
    const { workItemId, attemptId, evaluator, metric, score, passed, details } = input;
    const found = await lockEvaluated(tx, { workItemId, attemptId });
    if (found === null) throw userError('NOT_FOUND', 'workItemId', 'There is no such item.');
    if (attemptId !== null && found.attempt === null)
      throw userError('NOT_FOUND', 'attemptId', 'The item has no such attempt.');
    const key = await insertEvaluation(tx, { workItemId, attemptId, evaluator, metric, score, passed, details });
    const changed = { workItemId, evaluator, metric, score, passed };
    tx.record({ type: 'EvalResult', key, action: 'evalResultRecorded', details: changed });
    return { evalResult: key };
  });
}
