/** Owns the graph's front: the server, authorization, limits, and the executor with its ways to the subgraphs. */
export * from './server/index.js';
export { withAuthorization } from './auth/index.js';
export { defaultLimits, readTrustedDocuments, type FieldWeights } from './limits/index.js';
export { ExportFailed, mediaTypeOf, openExport, type ExportFormat } from './export/index.js';
export { finishJson, parseJson } from './json/exact-json.js';
export {
  createExecutor,
  type ExecutorOptions,
  type GatewayContext,
  type SupergraphExecutor,
} from './executor/index.js';
export { createHttpSupergraphExecutor, createReloadableExecutor, readSupergraph } from './supergraph/index.js';
export { createInProcessTransport, createRemoteTransport } from './transports/index.js';
