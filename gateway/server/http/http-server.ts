/** The HTTP layer under all routes: request ids, health, metrics, refusals, time-outs and an orderly end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GraphQLError } from 'graphql';
import type { Authenticate } from '../../../subgraphs/kernel/auth/index.js';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { Logger } from '../../../subgraphs/kernel/log/index.js';
import { listen } from '../../listen/index.js';
import { watchArrival } from './arrival.js';
import type { ErrorFormat } from '../operations/errors.js';
import { readinessOf, type ReadinessCheck } from './health.js';
import { HttpError, methodNotAllowed, sendHttpError, sendJson, toHttpError } from './http-error.js';
import type { GatewayMetrics } from '../metrics.js';
import type { OriginRules } from './origin.js';
import { requestIdOf, urlOf } from './request-context.js';
import { answerRoute, matchPath, type ExtraRoute } from './routes.js';
import type { WebSocketTransport } from '../streams/websocket.js';

export interface HttpLimits {
  /** Of any body, and of a WebSocket's message. */
  readonly maxBodyBytes: number;
  /** Of an ingest by a caller whose token was verified; routes beside `/graphql` have limits of their own. */
  readonly maxIngestBytes: number;
  readonly maxHeaderBytes: number;
  /** For the headers of a request, and for the first message of a WebSocket. */
  readonly headersTimeoutMilliseconds: number;
  /** For a request to arrive as a whole. */
  readonly requestTimeoutMilliseconds: number;
  /** For the body of a caller who is known, and for a file of rows: it may be slow, and ends when it has not moved for this long. */
  readonly bodyIdleMilliseconds: number;
  /** How long an idle connection is kept for the next request. */
  readonly keepAliveMilliseconds: number;
  readonly operationTimeoutMilliseconds: number;
  readonly maxOperationsPerConnection: number;
  readonly pingMilliseconds: number;
  /** A subscriber whose connection takes nothing of what waits for this long is told SLOW_CONSUMER. */
  readonly slowConsumerMilliseconds: number;
  /** After this, connections that are still open at shutdown are cut. */
  readonly drainMilliseconds: number;
}

export const defaultHttpLimits: HttpLimits = {
  maxBodyBytes: 1024 * 1024,
  maxIngestBytes: 16 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMilliseconds: 10_000,
  requestTimeoutMilliseconds: 30_000,
  bodyIdleMilliseconds: 30_000,
  // Longer than the minute after which load balancers drop idle connections, so that they close first.
  keepAliveMilliseconds: 65_000,
  operationTimeoutMilliseconds: 30_000,
  maxOperationsPerConnection: 100,
  pingMilliseconds: 15_000,
  // Before a peer that answers no ping is cut: so that one which reads on is told where to go on.
  slowConsumerMilliseconds: 5_000,
  drainMilliseconds: 10_000,
};

const sweepMilliseconds = 50;

export interface RunningServer {
  /** Answers the address, `http://127.0.0.1:4000`. Port 0 takes a free one. */
  listen(port: number, host?: string): Promise<string>;
  readonly http: Server;
  /** Takes no more connections, lets running requests finish, ends subscriptions telling their subscribers, in bounded time. */
  close(): Promise<void>;
}

type Page = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

export interface HttpServerOptions {
  readonly limits: HttpLimits;
  readonly log: Logger;
  readonly origins: OriginRules;
  readonly errors: ErrorFormat;
  readonly authenticate: Authenticate;
  readonly metrics: GatewayMetrics;
  readonly pages: ReadonlyMap<string, Page>;
  readonly readiness: readonly ReadinessCheck[];
  readonly extraRoutes: readonly ExtraRoute[];
  readonly attach: (server: Server) => WebSocketTransport;
  readonly onClosing: () => void;
  readonly onClosed: () => Promise<void>;
}

export function createHttpServer(options: HttpServerOptions): RunningServer {
  const { limits, log } = options;
  let closing: Promise<void> | undefined;
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMilliseconds,
      // Kept by `watchArrival`, which knows of bodies that may be slow.
      requestTimeout: 0,
      keepAliveTimeout: limits.keepAliveMilliseconds,
      // How exactly the time-out of headers is kept.
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMilliseconds),
    },
    (request, response) => {
      const requestId = requestIdOf(request);
      response.setHeader('x-request-id', requestId);
      response.setHeader('x-content-type-options', 'nosniff');
      if (closing !== undefined) response.setHeader('connection', 'close');
      watchArrival(request, limits, () => refuseLate(request, response));
      answer(options, closing !== undefined, request, response, requestId).catch((error: unknown) => {
        sendFailure(options, response, requestId, error);
      });
    },
  );
  server.on('clientError', refuseMalformed);
  const webSockets = options.attach(server);

  return {
    http: server,
    listen: (port, host = '127.0.0.1') => listen(server, { port, host }),
    close: () => (closing ??= shutDown()),
  };

  async function shutDown(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    options.onClosing();
    server.closeIdleConnections();
    const drained = Promise.all([closed, webSockets.close()]);
    // Node closes the connections that are idle now; those whose request still runs it would keep alive after it.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMilliseconds);
    const cut = setTimeout(() => {
      log.warn('requests were still running at the end of the drain time: their connections are cut');
      server.closeAllConnections();
      webSockets.terminate();
    }, limits.drainMilliseconds);
    await drained;
    clearInterval(sweep);
    clearTimeout(cut);
    await options.onClosed();
  }
}

async function answer(
  options: HttpServerOptions,
  isClosing: boolean,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const url = urlOf(request);
  options.origins.checkHost(request);
  if (options.origins.answerCors(request, response)) return;
  const page = options.pages.get(url.pathname);
  if (page !== undefined) return page(request, response, requestId);
  const routes = options.extraRoutes.filter(({ path }) => matchPath(path, url.pathname) !== null);
  if (routes.length > 0) {
    const { authenticate, origins } = options;
    return answerRoute(routes, request, response, { requestId, url, authenticate, origins });
  }
  await answerOperator(options, isClosing, request, response, url.pathname);
}

/** What is for the operator: health and metrics. */
async function answerOperator(
  { readiness, metrics, log }: HttpServerOptions,
  isClosing: boolean,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (!['/health/live', '/health/ready', '/metrics'].includes(path)) {
    throw new HttpError(404, 'NOT_FOUND', 'There is nothing here. GraphQL is at /graphql.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed('GET, HEAD');
  if (path === '/health/live') return sendJson(response, 200, { status: 'ok' });
  if (path === '/metrics') {
    const text = await metrics.registry.metrics();
    return void response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text);
  }
  const state = await readinessOf(readiness, (name, error) => log.warn({ check: name, err: error }, 'not ready'));
  const isReady = state.ready && !isClosing;
  sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ok' : 'unavailable', checks: state.checks });
}

function sendFailure(options: HttpServerOptions, response: ServerResponse, requestId: string, error: unknown): void {
  if (response.headersSent) {
    options.log.error({ requestId, err: error }, 'a response failed after its beginning was sent');
    return void response.destroy();
  }
  if (error instanceof HttpError) return sendHttpError(response, error);
  if (error instanceof RequestError) {
    const { code, internal } = error;
    if (internal !== undefined) options.log.warn({ requestId, code, internal }, error.message);
    return sendHttpError(response, toHttpError(error));
  }
  const formatted = options.errors.format(error, requestId);
  const isRequestsFault = error instanceof GraphQLError && error.originalError == null;
  sendJson(response, isRequestsFault ? 400 : 500, { errors: [formatted] });
}

/** A peer that keeps its side open after it was told is cut. */
const mostLinger = 1_000;

/** The rest of the request would be read as the next one: the connection ends, with the reason where there is room for one. */
function refuseLate({ socket }: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return void socket.destroy();
  refuseMalformed(Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
  setTimeout(() => socket.destroy(), mostLinger).unref();
}

/** What Node could not read as HTTP has no request to answer: the bytes are written on the socket. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'The headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request took too long to arrive.']
        : ['400 Bad Request', 'The request is not valid HTTP.'];
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
