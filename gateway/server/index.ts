/** Owns the doors: HTTP, WebSocket and server-sent events, and what every request passes on its way to the executor. */
export { createGatewayServer, type GatewayServerOptions } from './gateway-server.js';
export type { OperationCollection } from './pages/collections.js';
export { createSubgraphServer, type SubgraphServerOptions } from './subgraph-server.js';
export type { RunningServer, HttpLimits } from './http/http-server.js';
export { createGatewayMetrics, type GatewayMetrics } from './metrics.js';
export type { ReadinessCheck } from './http/health.js';
export type { ExtraRoute, RouteRequest, RouteResponse } from './http/routes.js';
export { Operations, type AbortableContext } from './operations/operations.js';
