/** Turns failures into errors that a caller may read; the log gets them whole, under the same error id. */
import { randomUUID } from 'node:crypto';
import type { GraphQLError } from 'graphql';
import { type GraphQLFormattedError } from 'graphql';
import { CallerGone, RequestError, type ErrorCode } from '../../../subgraphs/kernel/errors/index.js';
import { answerError } from './answer-error.js';
import type { ResponsePath } from '../fetch/data-path.js';
import type { GatewayContext, SubgraphFailure } from '../types.js';

/** Codes whose message was written for the caller. INTERNAL_SERVER_ERROR isn't: servers put it on any message. */
const readableCodes = new Set<unknown>([
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'SLOW_CONSUMER',
  'SUBGRAPH_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'SERVER_BUSY',
  'EMBEDDINGS_UNAVAILABLE',
  'DOCUMENTS_UNAVAILABLE',
  'TIMEOUT',
] satisfies ErrorCode[]);

/** Of these it is the caller's to do something about it: no fault for the log, nor one to blame a subgraph for. */
const callersToSolve = new Set<ErrorCode>(['BAD_USER_INPUT', 'CURSOR_INVALID', 'CURSOR_EXPIRED', 'SLOW_CONSUMER']);

export interface FailureReporting {
  /** False passes every message of a subgraph on, for supergraphs whose subgraphs mask their own. */
  readonly maskErrors: boolean;
  /** Codes whose errors pass as they are, beside Weft's own. */
  readonly passCodes: ReadonlySet<unknown>;
  readonly reportFailure: (failure: SubgraphFailure) => void;
}

/** Makes the caller's errors of one answer; one error id for each different message in it. */
export class AnswerErrors {
  readonly #errorIds = new Map<string, string>();
  readonly #subgraph: string;
  readonly #context: GatewayContext;
  readonly #reporting: FailureReporting;

  constructor(subgraph: string, context: GatewayContext, reporting: FailureReporting) {
    this.#subgraph = subgraph;
    this.#context = context;
    this.#reporting = reporting;
  }

  /** An entry of an answer's `errors`, as a caller may see it at `path`. */
  ofAnswer(error: GraphQLError | GraphQLFormattedError, path: ResponsePath): GraphQLError {
    const extensions = readableExtensions(error.extensions);
    const { code } = extensions;
    if (readableCodes.has(code) || this.#reporting.passCodes.has(code))
      return answerError(error.message, { path, extensions });
    const errorId = this.#report(error.message, error, extensions['errorId']);
    if (!this.#reporting.maskErrors) return answerError(error.message, { path, extensions });
    return answerError('Internal error.', { path, extensions: { code: 'INTERNAL_SERVER_ERROR', errorId } });
  }

  /** The subgraph gave no answer at all. */
  ofFailure(error: unknown, path: ResponsePath): GraphQLError {
    if (error instanceof RequestError && (callersToSolve.has(error.code) || error instanceof CallerGone)) {
      return answerError(error.message, { path, extensions: { ...error.extensions } });
    }
    const errorId = this.#report(messageForLog(error), error, undefined);
    if (error instanceof RequestError) {
      return answerError(error.message, {
        path,
        extensions: { ...error.extensions, subgraph: this.#subgraph, errorId },
      });
    }
    return answerError(`The subgraph ${this.#subgraph} is unavailable.`, {
      path,
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: this.#subgraph, errorId },
    });
  }

  /** `known` is the id under which the subgraph logged it itself. */
  #report(message: string, error: unknown, known: unknown): string {
    const earlier = this.#errorIds.get(message);
    if (earlier !== undefined) return earlier;
    const errorId = typeof known === 'string' && /^[\w-]{1,64}$/.test(known) ? known : randomUUID();
    this.#errorIds.set(message, errorId);
    const { requestId } = this.#context;
    this.#reporting.reportFailure({ errorId, subgraph: this.#subgraph, requestId, message, error });
    return errorId;
  }
}

function messageForLog(error: unknown): string {
  if (error instanceof RequestError) return error.internal ?? error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Stack traces travel in extensions when a subgraph isn't in production mode. */
function readableExtensions(extensions: Readonly<Record<string, unknown>> | null | undefined): Record<string, unknown> {
  const { stacktrace: _stacktrace, exception: _exception, ...readable } = extensions ?? {};
  return readable;
}
