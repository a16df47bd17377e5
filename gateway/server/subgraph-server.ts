/** One subgraph as a process of its own: its schema over HTTP and WebSocket, for a gateway that calls it. */
import { printSchema, type GraphQLSchema } from 'graphql';
import type { Authenticate } from '../../subgraphs/kernel/auth/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import type { GatewayContext, GraphQLOperation, SubgraphRequest, SupergraphExecutor } from '../executor/types.js';
import { selectOperation } from '../executor/operation/operation-checks.js';
import type { OperationLimits } from '../limits/index.js';
import { createInProcessTransport } from '../transports/index.js';
import { callerAddressOf } from './http/caller-address.js';
import { createErrorFormat } from './operations/errors.js';
import type { ReadinessCheck } from './http/health.js';
import { createHttpServer, defaultHttpLimits, type HttpLimits, type RunningServer } from './http/http-server.js';
import { createGatewayMetrics, type GatewayMetrics } from './metrics.js';
import { Operations } from './operations/operations.js';
import { createOriginRules } from './http/origin.js';
import { createPlainRoute } from './http/plain-route.js';
import type { ExtraRoute } from './http/routes.js';
import { attachWebSockets } from './streams/websocket.js';

export interface SubgraphServerOptions {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** The gateway forwards its caller's token, and it is verified again here. */
  readonly authenticate: Authenticate;
  /** Called once for each request, or each event of a subscription. */
  readonly contextFor: (context: GatewayContext) => unknown;
  readonly log: Logger;
  readonly loopbackOnly?: boolean;
  readonly http?: Partial<HttpLimits>;
  readonly readiness?: readonly ReadinessCheck[];
  readonly extraRoutes?: readonly ExtraRoute[];
  readonly metrics?: GatewayMetrics;
}

/** The gateway has limited what callers ask; its own fetches are larger: representations, fragments spread out. */
const limits: OperationLimits = {
  maxDocumentLength: 4 * 1024 * 1024,
  maxTokens: 100_000,
  maxDepth: 100,
  maxAliases: 5_000,
  maxRootFields: 1_000,
  maxDirectives: 5_000,
  maxRepeatedFields: 1_000,
  maxFields: 50_000,
  maxCost: Infinity,
  maxBatch: 1,
  assumedPageSize: 1,
  assumedNestedPageSize: 1,
  assumedListSize: 1,
  weights: { fields: new Map() },
};

/** Of a connection between two servers: one carries the subscriptions of many callers. */
const subgraphHttpLimits: HttpLimits = {
  ...defaultHttpLimits,
  maxBodyBytes: 16 * 1024 * 1024,
  maxOperationsPerConnection: 10_000,
};

const graphqlPath = '/graphql';

export function createSubgraphServer(options: SubgraphServerOptions): RunningServer {
  const { authenticate, log } = options;
  const http = { ...subgraphHttpLimits, ...options.http };
  const metrics = options.metrics ?? createGatewayMetrics({ process: false });
  const executor = executorOf(options);
  const errors = createErrorFormat({ log, hideSuggestions: false });
  const origins = createOriginRules({ allowedOrigins: [], loopbackOnly: options.loopbackOnly ?? false });
  const operations = new Operations({
    executor,
    limits,
    trustedDocuments: null,
    anonymousIntrospection: true,
    timeLimitMilliseconds: http.operationTimeoutMilliseconds,
    metrics,
  });
  const route = createPlainRoute({ operations, errors, authenticate, maxBodyBytes: http.maxBodyBytes });
  return createHttpServer({
    limits: http,
    log,
    origins,
    errors,
    authenticate,
    metrics,
    pages: new Map([[graphqlPath, route]]),
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
        headerNames: new Set(),
        maxMessageBytes: defaultHttpLimits.maxBodyBytes,
        maxOperationsPerConnection: http.maxOperationsPerConnection,
        initTimeoutMilliseconds: http.headersTimeoutMilliseconds,
        pingMilliseconds: http.pingMilliseconds,
        slowConsumerMilliseconds: null,
      }),
    onClosing: () => undefined,
    onClosed: () => Promise.resolve(),
  });
}

function executorOf({ name, schema, contextFor }: SubgraphServerOptions): SupergraphExecutor {
  const transport = createInProcessTransport({ name, schema, contextFor });
  const toRequest = ({ document, source, operationName, variables, context }: GraphQLOperation): SubgraphRequest => ({
    subgraph: name,
    operationType: selectOperation(document, operationName).operation,
    text: source,
    document,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    shareable: false,
    context,
  });
  return {
    apiSchema: schema,
    supergraphSdl: printSchema(schema),
    execute: (operation) => transport.execute(toRequest(operation)),
    // A subgraph's schema has no @defer, so nothing of it is ever asked for in parts.
    executeIncrementally: async (operation) => transport.execute(toRequest(operation)),
    subscribe: (operation) => transport.subscribe(toRequest(operation)),
    dispose: () => transport.dispose(),
  };
}
