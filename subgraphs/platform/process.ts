/** What a process does for the platform subgraph. */
import { encryptionKeys } from '../kernel/encryption/index.js';
import type { EntityMap } from '../kernel/read/index.js';
import { untilAborted, type DomainProcess } from '../kernel/subgraph/domain-process.js';
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';

/** It says of every domain's entities which exist and may be seen: their maps are all that it needs for that. */
function entitiesOf(domains: readonly SubgraphDefinition[]): EntityMap[] {
  const entities = domains.flatMap(({ model }) => model.entities).filter((map) => map.fields['id'] !== undefined);
  return [...entities, ...domains.flatMap(({ nodes = [] }) => nodes)];
}

export default {
  createSubgraph: async (config, others) => {
    const { createSubgraph } = await import('./index.js');
    return createSubgraph(entitiesOf(await others()), {
      keys: encryptionKeys(config),
      outbound: config.outbound,
      checkpoints: config,
      documents: async () => {
        if (config.trustedDocuments === undefined) return null;
        const { readTrustedDocuments } = await import('../kernel/config/trusted-documents.js');
        return readTrustedDocuments(config.trustedDocuments);
      },
    });
  },
  workers: {
    webhooks: {
      description: 'send changes to the endpoints that were registered for them; WEFT_WEBHOOK_* are its limits',
      start: async ({ config, database, log, others, ask }) => {
        const { WebhookWorker } = await import('./index.js');
        const { Entitlement } = await import('../kernel/events/index.js');
        const { Keyring } = await import('../kernel/encryption/index.js');
        const { createOutbound } = await import('../kernel/outbound/index.js');
        const keys = encryptionKeys(config);
        const worker = new WebhookWorker({
          database,
          settings: config.webhooks,
          entitlement: new Entitlement(entitiesOf(await others())),
          keyring: keys === null ? null : new Keyring(keys),
          outbound: createOutbound(config.outbound),
          ask,
          log,
        });
        return untilAborted((signal) => worker.run(signal));
      },
    },
  },
  tidy: async (database, olderThan) => (await import('./index.js')).expireMessages(database, olderThan),
  secrets: {
    count: (rotated) => `the secrets of ${rotated} webhook ${rotated === 1 ? 'endpoint' : 'endpoints'}`,
    lost: (endpoint) => `no key at hand opens the secret of webhook endpoint ${endpoint}: rotate it`,
    rotate: async (database, keyring) => (await import('./index.js')).rotateWebhookSecrets(database, keyring),
  },
  // Of any number of processes one makes a checkpoint at a time; which does not matter.
  sweeps: [
    async ({ config, database, log }) => {
      const { startCheckpoints } = await import('../kernel/trail/index.js');
      return startCheckpoints(config.trail, database, log);
    },
  ],
  weights: {
    // 50,000 links take up to 0.7 s, and 10,000 entries that had to be sealed before 0.8 s: a request may ask one of it.
    'Query.verifyAuditTrail': 26_000,
    // 5,000 entries and their tiles.
    'Query.auditExport': 5_000,
    // Up to 10,000 entries are sealed first.
    'Mutation.auditCheckpointCreate': 20_000,
  },
} satisfies DomainProcess;
