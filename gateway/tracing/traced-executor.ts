/** An executor whose operations are spans. */
import { SpanKind, type Span, type Tracer } from '@opentelemetry/api';
import { getOperationAST, type ExecutionResult } from 'graphql';
import { errorsOfUpdate, followParts } from '../executor/incremental/follow-parts.js';
import { isIncremental } from '../executor/incremental/incremental-result.js';
import type { GraphQLOperation, SupergraphExecutor } from '../executor/types.js';
import { endFailed, endWith } from './end-span.js';
import { parentOf, under } from './trace-context.js';

export function traceOperations(executor: SupergraphExecutor, tracer: Tracer): SupergraphExecutor {
  const { apiSchema, supergraphSdl } = executor;
  return {
    apiSchema,
    supergraphSdl,
    async execute(operation) {
      const span = startSpan(tracer, operation);
      const request = { ...operation, context: under(span, operation.context) };
      const result = await endedWhenBroken(span, () => executor.execute(request));
      endWith(span, result.errors);
      return result;
    },
    async executeIncrementally(operation) {
      const span = startSpan(tracer, operation);
      const request = { ...operation, context: under(span, operation.context) };
      const result = await endedWhenBroken(span, () => executor.executeIncrementally(request));
      if (!isIncremental(result)) {
        endWith(span, result.errors);
        return result;
      }
      const errors = [...(result.initial.errors ?? [])];
      const updates = followParts(result.updates, {
        onUpdate: (update) => void errors.push(...errorsOfUpdate(update)),
        onEnd: () => endWith(span, errors),
      });
      return { ...result, updates };
    },
    async subscribe(operation) {
      const span = startSpan(tracer, operation);
      const request = { ...operation, context: under(span, operation.context) };
      const result = await endedWhenBroken(span, () => executor.subscribe(request));
      if (Symbol.asyncIterator in result) return followed(result, span);
      endWith(span, result.errors);
      return result;
    },
    dispose: () => executor.dispose(),
  };
}

/** A span that is never ended is never sent. */
async function endedWhenBroken<Result>(span: Span, run: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
}

/** The document itself is not among the attributes: literals in it may be confidential. */
function startSpan(tracer: Tracer, { document, operationName, context }: GraphQLOperation): Span {
  const operation = getOperationAST(document, operationName);
  const type = operation?.operation ?? 'query';
  const name = operation?.name?.value;
  const attributes = {
    'graphql.operation.type': type,
    ...(name !== undefined && { 'graphql.operation.name': name }),
    'weft.request_id': context.requestId,
  };
  const title = name === undefined ? type : `${type} ${name}`;
  return tracer.startSpan(title, { kind: SpanKind.SERVER, attributes }, parentOf(context.headers));
}

/** A subscription's span lasts as long as it does, and counts its events. */
function followed(events: AsyncIterableIterator<ExecutionResult>, span: Span): AsyncIterableIterator<ExecutionResult> {
  let count = 0;
  const end = (): void => {
    span.setAttribute('weft.events', count);
    endWith(span, undefined);
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const result = await events.next();
        if (result.done === true) end();
        else count += 1;
        return result;
      } catch (error) {
        endFailed(span, error);
        throw error;
      }
    },
    async return(value?: unknown) {
      end();
      return (await events.return?.(value)) ?? { value: undefined, done: true };
    },
  };
}
