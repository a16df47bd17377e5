/** Changes each answer of a stream on its way. */
import type { ExecutionResult } from 'graphql';

type Answers = AsyncIterableIterator<ExecutionResult>;

export function mapAnswers(answers: Answers, map: (answer: ExecutionResult) => ExecutionResult): Answers {
  const mapped = async (next: Promise<IteratorResult<ExecutionResult>>): Promise<IteratorResult<ExecutionResult>> => {
    const answer = await next;
    return answer.done === true ? answer : { done: false, value: map(answer.value) };
  };
  return {
    next: () => mapped(answers.next()),
    return: async () => (await answers.return?.()) ?? { done: true, value: undefined },
    throw: async (error: unknown) => {
      if (answers.throw !== undefined) return answers.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
