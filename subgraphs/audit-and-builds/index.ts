/** Owns users, connected repositories, audits of pushes, projects with their contracts, builds and their logs. */
import { Keyring, type KeyringInput } from '../kernel/encryption/index.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { auditRuns, builds, model } from './entities.js';
import { commitNode } from './repository/commit.js';
import { createResolvers } from './resolvers/index.js';

export interface SubgraphOptions {
  /** Without them no access token can be stored. */
  readonly keys?: KeyringInput | null;
}

export function createSubgraph({ keys = null }: SubgraphOptions = {}): SubgraphDefinition {
  return {
    name: 'audit-and-builds',
    model,
    nodes: [commitNode(auditRuns), commitNode(builds)],
    resolvers: createResolvers(keys === null ? null : new Keyring(keys)),
  };
}

export { rotateTokens, type Rotation } from './repository/users.js';
export { AuditWorker, runChecks } from './auditor/index.js';
export { Github, GithubWorker } from './github/index.js';
export * as readable from './domain/audit/readable.js';
export { findContract, verdictOf, type AuditFile, type AuditSubject, type CheckOutcome } from './domain/audit/index.js';
export { startBuildSweeper } from './sweeper.js';
export { createWebhookHandler } from './webhook/index.js';
