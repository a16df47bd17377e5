/** What a caller is told of an error. Everything that is not written for callers is masked, and whole in the log under the error id. */
import { randomUUID } from 'node:crypto';
import { GraphQLError, type ExecutionResult, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { Logger } from '../../../subgraphs/kernel/log/index.js';

const longestMessage = 500;

export interface ErrorFormat {
  format(error: unknown, requestId?: string): GraphQLFormattedError;
  /** With a fresh list of errors: results of in-process subgraphs may be shared. */
  formatResult(result: ExecutionResult, requestId?: string): FormattedExecutionResult;
}

export function createErrorFormat(options: { log: Logger; hideSuggestions: boolean }): ErrorFormat {
  function format(error: unknown, requestId?: string): GraphQLFormattedError {
    const place = error instanceof GraphQLError ? placeOf(error) : {};
    const source = unwrap(error);
    if (source instanceof RequestError) {
      if (source.internal !== undefined) {
        options.log.warn({ requestId, code: source.code, internal: source.internal }, source.message);
      }
      return { message: source.message, ...place, extensions: { ...source.extensions } };
    }
    if (source instanceof GraphQLError) {
      const extensions = extensionsOf(source);
      const message = options.hideSuggestions ? withoutSuggestion(source.message) : source.message;
      return { message: shorten(message), ...place, extensions };
    }
    const errorId = randomUUID();
    options.log.error({ requestId, errorId, err: source }, 'unexpected error');
    return { message: 'Internal server error.', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } };
  }

  return {
    format,
    formatResult(result, requestId) {
      const { errors, ...rest } = result;
      if (errors === undefined || errors.length === 0) return rest;
      return { errors: errors.map((error) => format(error, requestId)), ...rest };
    },
  };
}

/** The error as it was thrown. graphql-js wraps what a resolver throws; a GraphQLError without an original is written for callers. */
function unwrap(error: unknown): unknown {
  let source = error;
  while (source instanceof GraphQLError && source.originalError != null) source = source.originalError;
  return source;
}

function placeOf(error: GraphQLError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return {
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
  };
}

/** graphql-js gives its errors no code: those without a path are about the request, mostly its variables. */
function extensionsOf(error: GraphQLError): Record<string, unknown> {
  const { http: _http, stacktrace: _stacktrace, exception: _exception, ...extensions } = error.extensions ?? {};
  return { code: error.path === undefined ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR', ...extensions };
}

/** Messages of libraries repeat the value that they object to, however long it is. */
function shorten(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;
}

/** Suggestions name parts of a schema that introspection does not show. */
function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}
