/** What a process does for audits and builds: GitHub's webhook, and builds that went silent. */
import { encryptionKeys, Keyring } from '../kernel/encryption/index.js';
import { untilAborted, type DomainProcess } from '../kernel/subgraph/domain-process.js';

/** GitHub sends nothing larger. */
const largestDelivery = 25 * 1024 * 1024;

export default {
  createSubgraph: async (config) => (await import('./index.js')).createSubgraph({ keys: encryptionKeys(config) }),
  routes: [
    {
      method: 'POST',
      path: '/webhooks/github',
      maxBodyBytes: () => largestDelivery,
      open: async ({ config, database, log }) => {
        const { createWebhookHandler } = await import('./index.js');
        return createWebhookHandler({ database, secret: config.githubWebhookSecret?.reveal() ?? null, log });
      },
    },
  ],
  sweeps: [
    async ({ database, log }) => {
      const { startBuildSweeper } = await import('./index.js');
      return { stop: startBuildSweeper(database, log) };
    },
  ],
  workers: {
    audits: {
      description: 'fetch pushed commits, run the checks of their audits, and tell GitHub; WEFT_AUDIT_* are its limits',
      start: async ({ config, database, log }) => {
        const { AuditWorker, Github, GithubWorker } = await import('./index.js');
        const keys = encryptionKeys(config);
        const github = new Github({ settings: config.github, keyring: keys === null ? null : new Keyring(keys), log });
        const { pollMs } = config.audits;
        const webhookSecret = config.githubWebhookSecret?.reveal() ?? null;
        const auditor = new AuditWorker({ database, settings: config.audits, github, log });
        const teller = new GithubWorker({ database, github, webhookSecret, pollMs, log });
        return untilAborted((signal) => Promise.all([auditor.run(signal), teller.run(signal)]));
      },
    },
  },
  secrets: {
    count: (rotated) => `${rotated} ${rotated === 1 ? 'token' : 'tokens'}`,
    lost: (login) => `no key at hand opens the token of ${login}: register it anew`,
    rotate: async (database, keyring) => (await import('./index.js')).rotateTokens(database, keyring),
  },
  ingests: ['auditRunComplete', 'auditRunPerform', 'buildLogsAppend', 'contractSave'],
  weights: {
    // Sums over all rows of the time asked for.
    'Query.passRates': 500,
  },
} satisfies DomainProcess;
