/** Owns work orders and their items, workflows and their runs, approvals, tools, memory and evaluations: the only door into this domain. */
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { createResolvers } from './resolvers/index.js';

export function createSubgraph(): SubgraphDefinition {
  return { name: 'workflow', model, resolvers: createResolvers() };
}
