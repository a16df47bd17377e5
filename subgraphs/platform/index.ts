/** Owns what belongs to every entity of the graph: its node, its audit trail with the proof that it is whole, and the feed of changes, also as webhooks. */
import type { TrustedDocuments } from '../kernel/config/trusted-documents.js';
import { Keyring, type KeyringInput } from '../kernel/encryption/index.js';
import { Entitlement } from '../kernel/events/index.js';
import type { Config } from '../kernel/config/index.js';
import { createOutbound, type OutboundSettings } from '../kernel/outbound/index.js';
import type { EntityMap } from '../kernel/read/index.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { auditEntryResolvers } from './resolvers/AuditEntry.js';
import { auditExport } from './resolvers/auditExport.js';
import { auditCheckpointCreate } from './resolvers/mutation/auditCheckpointCreate.js';
import { commitResolver } from './resolvers/commit.js';
import { createWebhookEndpointSave } from './resolvers/mutation/webhookEndpointSave.js';
import { createWebhookEndpointSecretRotate } from './resolvers/mutation/webhookEndpointSecretRotate.js';
import { webhookEndpointRemove } from './resolvers/mutation/webhookEndpointRemove.js';
import { webhookMessagesRedrive } from './resolvers/mutation/webhookMessagesRedrive.js';
import { NodeFinder, nodeResolvers } from './resolvers/node.js';
import { change, changeFeed } from './resolvers/Subscription.js';
import { auditFault, verifyAuditTrail } from './resolvers/verifyAuditTrail.js';
import { cursor } from './resolvers/WebhookEndpoint.js';

export interface SubgraphOptions {
  /** Without them no secrets can be stored, and so no endpoints of webhooks. */
  readonly keys?: KeyringInput | null;
  readonly outbound?: OutboundSettings;
  readonly documents?: () => Promise<TrustedDocuments | null>;
  /** Who signs checkpoints of the audit trail, and where they go. */
  readonly checkpoints?: Pick<Config, 'trail' | 'logLevel'>;
}

const noCheckpoints: NonNullable<SubgraphOptions['checkpoints']> = {
  trail: { keys: [], checkpointSeconds: 300, stores: [], s3: undefined },
  logLevel: 'info',
};

/** `entities` are the maps of every domain's entities that have a global id. */
export function createSubgraph(
  entities: readonly EntityMap[],
  {
    keys = null,
    outbound = { privateHosts: [], dnsServers: [] },
    documents,
    checkpoints = noCheckpoints,
  }: SubgraphOptions = {},
): SubgraphDefinition {
  const finder = new NodeFinder(entities);
  const { Query, ...types } = nodeResolvers(finder);
  const entitlement = new Entitlement([...entities, ...ownEntities]);
  const keyring = keys === null ? null : new Keyring(keys);
  const { entity } = auditEntryResolvers(finder);
  return {
    name: 'platform',
    model,
    resolvers: {
      ...types,
      Query: {
        ...Query,
        commit: commitResolver(entities.filter(({ type }) => type === 'Commit')),
        verifyAuditTrail,
        auditExport,
      },
      Mutation: {
        webhookEndpointSave: createWebhookEndpointSave({
          keyring,
          outbound: createOutbound(outbound),
          documents: documents ?? (() => Promise.resolve(null)),
          hasType: (type) => entitlement.has(type),
        }),
        webhookEndpointSecretRotate: createWebhookEndpointSecretRotate(keyring),
        webhookEndpointRemove,
        webhookMessagesRedrive,
        auditCheckpointCreate: auditCheckpointCreate(checkpoints),
      },
      AuditEntry: auditEntryResolvers(finder),
      AuditFault: auditFault,
      Subscription: changeFeed(entitlement),
      Change: change,
      WebhookEndpoint: { cursor },
      WebhookMessage: { cursor, entity },
    },
  };
}

/** What the platform has of its own: its changes are in the feed as any. */
const ownEntities: readonly EntityMap[] = model.entities.filter(({ type }) => type.startsWith('Webhook'));

export { rotateWebhookSecrets } from './repository/webhook-endpoints.js';
export { expireMessages } from './repository/webhook-messages.js';
export { WebhookWorker, type WebhookSettings, type WebhookWorkerOptions } from './webhooks/index.js';
