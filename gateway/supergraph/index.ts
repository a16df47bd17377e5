/** Owns the supergraph: how its SDL is read, what of it callers see, and how a new one takes over. */
export { createHttpSupergraphExecutor, type HttpExecutorOptions } from './http-executor.js';
export {
  createReloadableExecutor,
  type ReloadableExecutor,
  type ReloadableOptions,
  type ReloadOutcome,
} from './reloadable.js';
export { readSupergraph, type Supergraph } from './supergraph.js';
export { SubgraphsUp } from './subgraphs-up.js';
