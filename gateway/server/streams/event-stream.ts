/** Operations as server-sent events, each on its own connection (graphql-sse's distinct connections mode). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { createHandler, type Handler } from 'graphql-sse';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { finishJson } from '../../json/exact-json.js';
import { isIncremental } from '../../executor/incremental/incremental-result.js';
import { Consumer } from './consumer.js';
import type { EventStream, GatewayMetrics } from '../metrics.js';
import type { ErrorFormat } from '../operations/errors.js';
import { toGraphQLError } from '../operations/documents.js';
import type { EndableStream } from './endable-stream.js';
import { atExpiry } from './expiry.js';
import { fieldsOfFormat, IncrementalPayload, toPayloads } from './incremental-formats.js';
import type { AdmittedOperation } from '../operations/admitted-operation.js';
import type { AbortableContext, Operations } from '../operations/operations.js';
import { cursorOf } from '../operations/resumption.js';
import { eventStreamFormat } from '../http/transports.js';
import { untilTaken, writeInPieces } from './write-in-pieces.js';

/** One request: what it runs, or why it doesn't. */
export interface EventStreamRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly operation: AdmittedOperation | readonly GraphQLError[];
  readonly context: AbortableContext;
  /** Of the header `Last-Event-ID`: a browser sends it when it takes a stream up again. */
  readonly lastEventId: string | undefined;
}

/** A request under way, with the ids of the events that are waiting to be written. */
interface Running extends EventStreamRequest {
  readonly ids: (string | undefined)[];
  readonly consumer: Consumer;
}

export interface EventStreamOptions {
  readonly operations: Operations;
  readonly errors: ErrorFormat;
  readonly metrics: GatewayMetrics;
  readonly slowConsumerMilliseconds: number;
}

export interface EventStreamTransport {
  handle(request: EventStreamRequest): Promise<void>;
  /** Ends every stream with an error event that says why. */
  close(): void;
}

/** The request was read and negotiated before the handler sees it: it compares header texts, and wants some query. */
const alreadyRead = {
  headers: {
    get: (name: string) => ({ accept: 'text/event-stream', 'content-type': 'application/json' })[name] ?? null,
  },
  body: { query: '{ __typename }' },
};

export function createEventStreams(options: EventStreamOptions): EventStreamTransport {
  const open = new Set<EndableStream>();
  const handler: Handler<Running, undefined> = createHandler<Running, undefined, Record<string, unknown>>({
    authenticate: () => null,
    context: () => ({}),
    onSubscribe: ({ raw }) => run(raw, options, open),
    async onNext(_context, { raw }, result) {
      // The handler queues without a bound: wait here, before the source is asked for more.
      await untilTaken(raw.response, raw.consumer);
      raw.ids.push(cursorOf(result as ExecutionResult));
      if (result instanceof IncrementalPayload) return result;
      return options.errors.formatResult(result as ExecutionResult, raw.context.requestId) as ExecutionResult;
    },
  });

  return {
    async handle(request) {
      const { metrics, slowConsumerMilliseconds: slowMilliseconds } = options;
      const cut = () => void request.response.destroy();
      const raw = { ...request, ids: [], consumer: new Consumer({ slowMilliseconds, metrics, cut }) };
      const [body, init] = await handler({
        method: 'POST',
        url: raw.request.url ?? '/',
        ...alreadyRead,
        raw,
        context: undefined,
      });
      raw.response.writeHead(init.status, { ...init.headers, 'x-accel-buffering': 'no' });
      if (body === null || typeof body === 'string') return void raw.response.end(body ?? undefined);
      raw.response.once('close', () => void body.return());
      for await (const chunk of body) {
        await writeInPieces(raw.response, finishJson(withId(chunk, raw.ids)), raw.consumer);
        if (raw.response.closed) break;
      }
      raw.response.end();
    },
    close() {
      for (const stream of open) {
        stream.end(
          new GraphQLError('The server is going away: subscribe again.', { extensions: { code: 'SERVER_CLOSING' } }),
        );
      }
    },
  };
}

/** The handler knows no event ids: they are put before its events, of which each has taken its place in `ids`. */
function withId(chunk: string, ids: (string | undefined)[]): string {
  if (!chunk.startsWith('event: next')) return chunk;
  const id = ids.shift();
  return id === undefined || /[\0\r\n]/.test(id) ? chunk : `id: ${id}\n${chunk}`;
}

async function run(
  { request, operation, context, response, lastEventId, consumer }: Running,
  { operations, errors }: { operations: Operations; errors: ErrorFormat },
  open: Set<EndableStream>,
): Promise<EventStream> {
  if (!('type' in operation)) return only({ errors: operation });
  if (operation.type !== 'subscription') {
    if (!operation.defers) return only(await operations.execute(operation, context));
    const format = eventStreamFormat(request.headers.accept);
    const result = await operations.executeIncrementally(operation, context, fieldsOfFormat[format]);
    if (!isIncremental(result)) return only(result);
    const payloads = toPayloads(result, { format, errors, requestId: context.requestId });
    return consumer.follow(payloads as AsyncIterableIterator<object>).events;
  }
  const events = await operations.subscribe(operation, context, lastEventId);
  if (!(Symbol.asyncIterator in events)) return only(events);
  const stream = consumer.follow(events);
  open.add(stream);
  const stopExpiry = atExpiry(context.identity, () => {
    stream.end(
      toGraphQLError(new RequestError('UNAUTHENTICATED', 'The token has expired: subscribe again with a fresh one.')),
    );
  });
  response.once('close', () => {
    stopExpiry();
    open.delete(stream);
  });
  return stream.events;
}

/** graphql-sse takes a result without data for something else, so every answer is a stream, if only of one event. */
async function* only(result: ExecutionResult): EventStream {
  yield result;
}
