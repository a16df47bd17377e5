/** Makes the errors of answers, of which one answer may have very many. */
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';

/** Where it is made says nothing about an error of an answer; to note that took ten times as long as all the rest. */
export function answerError(message: string, options: GraphQLErrorOptions): GraphQLError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new GraphQLError(message, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
