/** The gateway's one server: everything that callers can reach, on one port. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withAuthorization } from '../auth/index.js';
import type { SupergraphExecutor } from '../executor/types.js';
import { defaultLimits, type OperationLimits, type TrustedDocuments } from '../limits/index.js';
import type { Authenticate } from '../../subgraphs/kernel/auth/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { createAnswerOperation } from './operations/answer-operation.js';
import { createApolloHandler } from './operations/apollo.js';
import { callerAddressOf } from './http/caller-address.js';
import type { OperationCollection } from './pages/collections.js';
import { createErrorFormat } from './operations/errors.js';
import { createEventStreams } from './streams/event-stream.js';
import { createExportRoute } from './http/export-route.js';
import { createGraphiql } from './pages/graphiql.js';
import { createGraphQLRoute } from './http/graphql-route.js';
import type { ReadinessCheck } from './http/health.js';
import { createHttpServer, defaultHttpLimits, type HttpLimits, type RunningServer } from './http/http-server.js';
import { createLandingPage } from './pages/landing-page.js';
import { createGatewayMetrics, type GatewayMetrics } from './metrics.js';
import { Operations } from './operations/operations.js';
import { createOriginRules } from './http/origin.js';
import type { ExtraRoute } from './http/routes.js';
import { attachWebSockets } from './streams/websocket.js';

export interface GatewayServerOptions {
  /** Without authorization: the server puts it in front. Not disposed of by the server. */
  readonly executor: SupergraphExecutor;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  /** Anonymous introspection, field suggestions and plain GET queries are off. */
  readonly production?: boolean;
  /** Sandbox on `/graphql` and GraphiQL on `/graphiql`. On by default, except in production. */
  readonly explorerPages?: boolean;
  /** What these pages offer to ask. */
  readonly collections?: () => readonly OperationCollection[];
  /** Set with authentication off, see {@link createOriginRules}. */
  readonly loopbackOnly?: boolean;
  readonly allowedOrigins?: readonly string[];
  /** Headers that callers over WebSocket may give as connection parameters, lower case. */
  readonly connectionHeaders?: readonly string[];
  readonly limits?: Partial<OperationLimits>;
  readonly http?: Partial<HttpLimits>;
  /** Fields of `Mutation` that take large inputs, up to the limit `maxIngestBytes`; every one when missing. */
  readonly ingests?: ReadonlySet<string> | undefined;
  /** Rows of an export that are read at once: what connections of this graph take as `first` at most. */
  readonly exportPageSize?: number;
  /** Given, nothing else is answered. */
  readonly trustedDocuments?: TrustedDocuments | null;
  readonly readiness?: readonly ReadinessCheck[];
  readonly extraRoutes?: readonly ExtraRoute[];
  /** Shared with the executor's `onFetch`; the server makes its own when missing. */
  readonly metrics?: GatewayMetrics;
}

const graphqlPath = '/graphql';

export async function createGatewayServer(options: GatewayServerOptions): Promise<RunningServer> {
  const { authenticate, log, production = false, explorerPages = !production, collections = () => [] } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const http = { ...defaultHttpLimits, ...options.http };
  const metrics = options.metrics ?? createGatewayMetrics({ process: false });
  const executor = withAuthorization(options.executor);
  const errors = createErrorFormat({ log, hideSuggestions: production });
  const origins = createOriginRules({
    allowedOrigins: options.allowedOrigins ?? [],
    loopbackOnly: options.loopbackOnly ?? false,
  });
  const trustedDocuments = options.trustedDocuments ?? null;
  const operations = new Operations({
    executor,
    limits,
    trustedDocuments,
    anonymousIntrospection: !production,
    hideSuggestions: production,
    ingests: options.ingests,
    timeLimitMilliseconds: http.operationTimeoutMilliseconds,
    metrics,
  });
  const answerOperation = createAnswerOperation({ operations, errors, onRefused: metrics.operationRefused });
  const apollo = await createApolloHandler({
    operations,
    errors,
    explorerPages,
    firstDocument: explorerPages ? collections()[0]?.document : undefined,
    // Registered documents are found before Apollo sees the request, and nothing else may register itself beside them.
    persistedQueries: trustedDocuments === null,
    maxBatch: limits.maxBatch,
    log,
    answerOperation,
  });
  const eventStreams = createEventStreams({
    operations,
    errors,
    metrics,
    slowConsumerMilliseconds: http.slowConsumerMilliseconds,
  });
  const graphiql = createGraphiql({ endpoint: graphqlPath, title: 'Weft', collections });
  const graphql = createGraphQLRoute({
    path: graphqlPath,
    apollo,
    answerOperation,
    eventStreams,
    exportRows: createExportRoute({
      operations,
      errors,
      metrics,
      log,
      idleMilliseconds: http.bodyIdleMilliseconds,
      pageSize: options.exportPageSize,
    }),
    operations,
    authenticate,
    origins,
    explorerPages,
    plainGetQueries: !production,
    maxBodyBytes: http.maxBodyBytes,
    maxIngestBytes: http.maxIngestBytes,
    maxBatch: limits.maxBatch,
    slowConsumerMilliseconds: http.slowConsumerMilliseconds,
    metrics,
  });

  const pages = new Map<
    string,
    (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>
  >();
  pages.set('/', createLandingPage({ graphqlPath, explorerPages, collections }));
  pages.set(graphqlPath, graphql);
  if (explorerPages) pages.set('/graphiql', graphiql.handle);
  return createHttpServer({
    limits: http,
    log,
    origins,
    errors,
    authenticate,
    metrics,
    pages,
    readiness: options.readiness ?? [],
    extraRoutes: options.extraRoutes ?? [],
    attach: (server) =>
      attachWebSockets(server, {
        path: graphqlPath,
        schema: () => executor.apiSchema,
        operations,
        errors,
        authenticate,
        callerOf: callerAddressOf,
        metrics,
        checkOrigin: (request) => {
          origins.checkHost(request);
          origins.check(request);
        },
        headerNames: new Set(options.connectionHeaders),
        maxMessageBytes: http.maxBodyBytes,
        maxOperationsPerConnection: http.maxOperationsPerConnection,
        initTimeoutMilliseconds: http.headersTimeoutMilliseconds,
        pingMilliseconds: http.pingMilliseconds,
        slowConsumerMilliseconds: http.slowConsumerMilliseconds,
      }),
    onClosing: () => eventStreams.close(),
    onClosed: () => apollo.stop(),
  });
}
