/** Operations over WebSocket (`graphql-transport-ws`): subscriptions, and queries and mutations as well. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type Context, type ServerOptions } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { CallerGone, RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { Authenticate, Identity } from '../../../subgraphs/kernel/auth/index.js';
import { mayStandInHeader } from '../../transports/index.js';
import { isIncremental } from '../../executor/incremental/incremental-result.js';
import { limitExceeded } from '../../limits/index.js';
import { Consumer } from './consumer.js';
import { toGraphQLError } from '../operations/documents.js';
import type { ErrorFormat } from '../operations/errors.js';
import { atExpiry } from './expiry.js';
import { HttpError } from '../http/http-error.js';
import { fieldsOfFormat, IncrementalPayload, toPayloads, type IncrementalFormat } from './incremental-formats.js';
import type { GatewayMetrics } from '../metrics.js';
import type { AdmittedOperation } from '../operations/admitted-operation.js';
import type { AbortableContext, Operations } from '../operations/operations.js';
import { toParameters } from '../http/parameters.js';
import { createRequestContext, flatHeaders, requestIdOf, urlOf } from '../http/request-context.js';
import { attachSocket } from './socket.js';

export interface WebSocketOptions {
  readonly path: string;
  readonly schema: () => GraphQLSchema;
  readonly operations: Operations;
  readonly errors: ErrorFormat;
  readonly authenticate: Authenticate;
  /** Where a caller comes from, in place of who it is. */
  readonly callerOf: (request: IncomingMessage) => string | undefined;
  readonly metrics: GatewayMetrics;
  /** Throws to refuse an upgrade: a page of another origin must not speak for the browser's user. */
  readonly checkOrigin: (request: IncomingMessage) => void;
  /** Names that callers may give as connection parameters in place of headers, which browsers can't set here. */
  readonly headerNames: ReadonlySet<string>;
  readonly maxMessageBytes: number;
  readonly maxOperationsPerConnection: number;
  readonly initTimeoutMilliseconds: number;
  readonly pingMilliseconds: number;
  /** See {@link HttpLimits.slowConsumerMilliseconds}; null where the caller is a gateway, which judges its own callers. */
  readonly slowConsumerMilliseconds: number | null;
}

export interface WebSocketTransport {
  /** Closes every connection with 1001, which clients take as an invitation to connect elsewhere. */
  close(): Promise<void>;
  /** Cuts the connections whose peers did not answer the close. */
  terminate(): void;
}

/** What a connection carries from its beginning on. */
interface Connection {
  readonly socket: WebSocket;
  readonly consumer: Consumer;
  readonly request: IncomingMessage;
  readonly requestId: string;
  identity: Identity | null;
  authorization: string | undefined;
  headers: Readonly<Record<string, string>>;
  stopExpiry: () => void;
  readonly running: Map<string, AbortableContext>;
}

/** The close code upon which clients connect again. */
const tryAgainLater = 1013;

/** The reason of a close frame has at most 123 bytes. */
const longestReason = 123;

export function attachWebSockets(http: HttpServer, options: WebSocketOptions): WebSocketTransport {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    // However many come in one packet: others have their turn between two messages.
    allowSynchronousEvents: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const protocol = makeServer<Record<string, unknown> | undefined, Connection>(protocolOptions(options));

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // A peer that goes away in the middle is no error of this process.
    stream.on('error', () => stream.destroy());
    const refusal = refusalOf(request, options);
    if (refusal !== null)
      return void stream.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const { metrics, slowConsumerMilliseconds } = options;
      const consumer = new Consumer({ slowMilliseconds: slowConsumerMilliseconds, metrics });
      const connection: Connection = {
        socket,
        consumer,
        request,
        requestId: requestIdOf(request),
        identity: null,
        authorization: undefined,
        headers: {},
        stopExpiry: () => undefined,
        running: new Map(),
      };
      const closed = metrics.webSocketOpened();
      socket.once('close', closed);
      attachSocket(socket, options.pingMilliseconds, consumer, (peer) => protocol.opened(peer, connection));
    });
  });

  return {
    close: async () => {
      for (const socket of sockets.clients) socket.close(1001, 'The server is going away: connect again.');
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function refusalOf(request: IncomingMessage, options: WebSocketOptions): string | null {
  try {
    if (urlOf(request).pathname !== options.path) return '404 Not Found';
    options.checkOrigin(request);
    return null;
  } catch (error) {
    return error instanceof HttpError && error.status === 403 ? '403 Forbidden' : '400 Bad Request';
  }
}

type Protocol = ServerOptions<Record<string, unknown> | undefined, Connection>;
type ProtocolContext = Context<Record<string, unknown> | undefined, Connection>;
type OperationArgs = ExecutionArgs & {
  readonly contextValue: AbortableContext;
  readonly operation: AdmittedOperation;
  readonly format: IncrementalFormat;
  readonly consumer: Consumer;
};

function protocolOptions(options: WebSocketOptions): Protocol {
  const { operations, errors } = options;
  return {
    connectionInitWaitTimeout: options.initTimeoutMilliseconds,
    onConnect: (context) => connect(context, options),
    async onSubscribe(context, id, payload) {
      const { running, socket, identity, requestId, request, authorization, headers: given, consumer } = context.extra;
      const { maxOperationsPerConnection } = options;
      if (identity === null) throw new Error('an operation came before the connection was acknowledged');
      try {
        const callerAddress = options.callerOf(request);
        const turn = payload.query ? operations.turnOf(payload.query, { identity, callerAddress }) : undefined;
        if (turn !== undefined) await turn;
        if (socket.readyState !== socket.OPEN) throw new CallerGone();
        if (running.size >= maxOperationsPerConnection) {
          throw limitExceeded('subscriptions', running.size + 1, maxOperationsPerConnection);
        }
        const parameters = operations.resolve(toParameters(payload));
        const operation = operations.admit(parameters, identity);
        if (!('type' in operation)) {
          options.metrics.operationRefused();
          return operation;
        }
        const headers = { ...flatHeaders(request.headers), ...given, authorization };
        const contextValue = createRequestContext({ requestId, headers, identity, callerAddress });
        running.set(id, contextValue);
        const { document, operationName, variables } = operation;
        return {
          schema: options.schema(),
          document,
          operationName,
          variableValues: variables,
          contextValue,
          operation,
          format: formatOf(context.connectionParams),
          consumer,
        };
      } catch (error) {
        options.metrics.operationRefused();
        if (error instanceof RequestError) return [toGraphQLError(error)];
        throw error;
      }
    },
    execute: (args) => execute(args as OperationArgs, options),
    async subscribe(args) {
      const { operation, contextValue, consumer } = args as OperationArgs;
      const events = await operations.subscribe(operation, contextValue);
      return Symbol.asyncIterator in events ? consumer.follow(events).events : events;
    },
    onNext: (context, _id, _payload, _args, result) =>
      result instanceof IncrementalPayload
        ? (result as object)
        : errors.formatResult(result as ExecutionResult, context.extra.requestId),
    onError: (context, _id, _payload, problems) =>
      problems.map((problem) => errors.format(problem, context.extra.requestId)),
    onComplete: (context, id) => end(context.extra, id),
    onClose({ extra }) {
      extra.stopExpiry();
      for (const id of extra.running.keys()) end(extra, id);
    },
  };
}

/** The protocol has a message for each part, and nothing to say whether a client reads them: one that defers does. */
async function execute(
  { operation, contextValue, format, consumer }: OperationArgs,
  { operations, errors }: WebSocketOptions,
) {
  if (!operation.defers) return operations.execute(operation, contextValue);
  const result = await operations.executeIncrementally(operation, contextValue, fieldsOfFormat[format]);
  if (!isIncremental(result)) return result;
  const payloads = toPayloads(result, { format, errors, requestId: contextValue.requestId });
  return consumer.follow(payloads as AsyncIterableIterator<object>).events;
}

/** What the messages of deferred operations hold: fragments by path and label, unless the client connected for the other format. */
function formatOf(parameters: Readonly<Record<string, unknown>> | undefined): IncrementalFormat {
  return parameters?.['incrementalSpec'] === 'v0.2' ? 'v0.2' : '20220824';
}

/** A bad token ends the connection with 4401, which clients take as final; an expired one later with 4403, upon which they connect again. */
async function connect(context: ProtocolContext, options: WebSocketOptions): Promise<boolean> {
  const connection = context.extra;
  const { connectionParams } = context;
  const { headers } = connection.request;
  const given = parameterOf(connectionParams, 'authorization') ?? headers.authorization;
  const user = parameterOf(connectionParams, 'x-weft-user') ?? flatHeaders(headers)['x-weft-user'];
  try {
    connection.identity = await options.authenticate(given, user);
  } catch (error) {
    const reason = error instanceof RequestError ? error.message : 'The token could not be verified.';
    const isOurs = error instanceof RequestError && error.code === 'AUTHENTICATION_UNAVAILABLE';
    connection.socket.close(isOurs ? tryAgainLater : CloseCode.Unauthorized, reason.slice(0, longestReason));
    return false;
  }
  // Where tokens are not looked at, this may be any text.
  connection.authorization = given !== undefined && mayStandInHeader(given) ? given : undefined;
  connection.headers = headersOf(context.connectionParams, options.headerNames);
  connection.stopExpiry = atExpiry(connection.identity, () => {
    connection.socket.close(CloseCode.Forbidden, 'The token has expired: connect again with a fresh one.');
  });
  return true;
}

function headersOf(
  parameters: Readonly<Record<string, unknown>> | undefined,
  names: ReadonlySet<string>,
): Record<string, string> {
  const entries = Object.entries(parameters ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const isHeader = (entry: readonly [string, unknown]): entry is readonly [string, string] =>
    names.has(entry[0]) && typeof entry[1] === 'string' && mayStandInHeader(entry[1]);
  return Object.fromEntries(entries.filter(isHeader));
}

function parameterOf(parameters: Readonly<Record<string, unknown>> | undefined, wanted: string): string | undefined {
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (name.toLowerCase() === wanted && typeof value === 'string') return value;
  }
  return undefined;
}

function end(connection: Connection, id: string): void {
  connection.running.get(id)?.abort(new CallerGone());
  connection.running.delete(id);
}
