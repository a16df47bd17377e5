/** Owns work orders and their items, workflows and their runs, approvals, tools, memory and evaluations: the only door into this domain. */
import { createEmbedder, type Embedder } from '../kernel/embeddings/index.js';
import { Keyring, type KeyringInput } from '../kernel/encryption/index.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { createResolvers } from './resolvers/index.js';

export interface SubgraphOptions {
  /** Without them no secrets of connectors can be stored. */
  readonly keys?: KeyringInput | null;
  /** Without one texts are embedded by their words alone. */
  readonly embedder?: Embedder;
}

export function createSubgraph({ keys = null, embedder }: SubgraphOptions = {}): SubgraphDefinition {
  const resolvers = createResolvers({
    keyring: keys === null ? null : new Keyring(keys),
    embedder: embedder ?? createEmbedder({ embeddings: undefined }),
  });
  return { name: 'workflow', model, resolvers };
}

export { rotateSecrets } from './operations/connectors.js';
export { sweepMemory } from './repository/memory.js';
export { defaultWorkflowSettings, type WorkflowSettings } from './operations/settings.js';
export { startWorkflowSweeper } from './operations/sweeper.js';
export { WorkflowWorker, type WorkflowWorkerOptions } from './worker.js';
