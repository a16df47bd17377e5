/** Owns what belongs to every entity of the graph: its node, its audit trail with the proof that it is whole, and the feed of changes. */
import { Entitlement } from '../kernel/events/index.js';
import type { EntityMap } from '../kernel/read/index.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { auditEntryResolvers } from './resolvers/AuditEntry.js';
import { commitResolver } from './resolvers/commit.js';
import { NodeFinder, nodeResolvers } from './resolvers/node.js';
import { change, changeFeed } from './resolvers/Subscription.js';
import { auditFault, verifyAuditTrail } from './resolvers/verifyAuditTrail.js';

/** `entities` are the maps of every domain's entities that have a global id. */
export function createSubgraph(entities: readonly EntityMap[]): SubgraphDefinition {
  const finder = new NodeFinder(entities);
  const { Query, ...types } = nodeResolvers(finder);
  return {
    name: 'platform',
    model,
    resolvers: {
      ...types,
      Query: { ...Query, commit: commitResolver(entities.filter(({ type }) => type === 'Commit')), verifyAuditTrail },
      AuditEntry: auditEntryResolvers(finder),
      AuditFault: auditFault,
      Subscription: changeFeed(new Entitlement(entities)),
      Change: change,
    },
  };
}
