/** One query or mutation over HTTP: admitted, executed, and written for its caller, whole or in parts. */
import type { FormattedExecutionResult, ExecutionResult, GraphQLFormattedError } from 'graphql';
import { isIncremental } from '../../executor/incremental/incremental-result.js';
import { retryAfterOf } from '../http/busy.js';
import { statusOfErrors } from '../http/http-error.js';
import type { OperationParameters } from '../http/parameters.js';
import { subscriptionTransports, type PartsDelivery } from '../http/transports.js';
import {
  fieldsOfFormat,
  onlyPayload,
  toPayloads,
  type IncrementalFormat,
  type IncrementalPayload,
} from '../streams/incremental-formats.js';
import type { PreparedDocument } from './documents.js';
import type { ErrorFormat } from './errors.js';
import type { AbortableContext, Operations } from './operations.js';

export interface AnswerParts {
  readonly payloads: AsyncIterableIterator<IncrementalPayload>;
  readonly format: IncrementalFormat;
}

export interface OperationAnswer {
  /** Empty when the answer comes in parts. */
  readonly result: FormattedExecutionResult;
  /** As `application/graphql-response+json` has it; 503 with `retryAfter` in every form. */
  readonly status: number;
  /** Seconds after which a server without room has some. */
  readonly retryAfter: string | null;
  readonly parts: AnswerParts | null;
}

export interface AskedOperation {
  readonly prepared: PreparedDocument;
  readonly parameters: Pick<OperationParameters, 'operationName' | 'variables'>;
  /** How the caller takes parts; null where it gets a deferred operation whole. */
  readonly delivery: PartsDelivery | null;
}

export type AnswerOperation = (asked: AskedOperation, context: AbortableContext) => Promise<OperationAnswer>;

export function createAnswerOperation(options: {
  operations: Operations;
  errors: ErrorFormat;
  onRefused: () => void;
}): AnswerOperation {
  const { operations, errors, onRefused } = options;

  const whole = (result: ExecutionResult, requestId: string, delivery: PartsDelivery | null): OperationAnswer => {
    const formatted = errors.formatResult(result, requestId);
    if (delivery?.takesJson === false) return inParts(only(onlyPayload(formatted)), delivery.format);
    return { result: formatted, ...statusOf(result, formatted.errors ?? []), parts: null };
  };

  return async function answer({ prepared, parameters, delivery }, context) {
    const { requestId, identity } = context;
    const admitted = operations.admitPrepared(prepared, parameters, identity);
    if (!('type' in admitted) || admitted.type === 'subscription') {
      onRefused();
      return whole({ errors: 'type' in admitted ? [subscriptionTransports()] : admitted }, requestId, delivery);
    }
    if (delivery === null || !admitted.defers) {
      return whole(await operations.execute(admitted, context), requestId, delivery);
    }
    const { format } = delivery;
    const result = await operations.executeIncrementally(admitted, context, fieldsOfFormat[format]);
    if (!isIncremental(result)) return whole(result, requestId, delivery);
    return inParts(toPayloads(result, { format, errors, requestId }), format);
  };
}

function statusOf(
  result: ExecutionResult,
  errors: readonly GraphQLFormattedError[],
): Pick<OperationAnswer, 'status' | 'retryAfter'> {
  const retryAfter = errors.length === 0 ? null : retryAfterOf(result);
  if (retryAfter !== null) return { status: 503, retryAfter };
  return { status: result.data === undefined ? statusOfErrors(errors) : 200, retryAfter };
}

function inParts(payloads: AnswerParts['payloads'], format: IncrementalFormat): OperationAnswer {
  return { result: {}, status: 200, retryAfter: null, parts: { payloads, format } };
}

async function* only(payload: IncrementalPayload): AsyncIterableIterator<IncrementalPayload> {
  yield payload;
}

/**
 * GraphQL over HTTP: a response in `application/json` to a well-formed request is 200 even when it holds only errors,
 * because a proxy's own can't be told from it; `application/graphql-response+json` says 400, or 5xx for a fault of the gateway.
 */
export function statusInMediaType(status: number, contentType: string | undefined, retryAfter: boolean): number {
  const isLegacy = contentType?.startsWith('application/json') === true;
  // Of a server without room a proxy has to know as well: it says when to come again.
  const isError = status === 400 || (status >= 500 && !retryAfter);
  return isLegacy && isError ? 200 : status;
}
