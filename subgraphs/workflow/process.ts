/** What a process does for workflow: items for built-in handlers, and what has to happen by itself in time. */
import { encryptionKeys } from '../kernel/encryption/index.js';
import { untilAborted, type DomainProcess } from '../kernel/subgraph/domain-process.js';

export default {
  createSubgraph: async (config) => {
    const { createSubgraph } = await import('./index.js');
    const { createEmbedder } = await import('../kernel/embeddings/index.js');
    return createSubgraph({ keys: encryptionKeys(config), embedder: createEmbedder(config) });
  },
  sweeps: [
    // Time-outs, escalations and budgets: any number of processes may look after them.
    async ({ database, log }) => {
      const { defaultWorkflowSettings, startWorkflowSweeper } = await import('./index.js');
      return { stop: startWorkflowSweeper({ database, sweepMs: defaultWorkflowSettings.sweepMs, log }) };
    },
  ],
  workers: {
    workflow: {
      description: 'do the work items that ask for a built-in handler; time-outs, escalations and budgets of all',
      start: async ({ database, log }) => {
        const { defaultWorkflowSettings, WorkflowWorker } = await import('./index.js');
        const worker = new WorkflowWorker({ database, settings: defaultWorkflowSettings, log });
        return untilAborted((signal) => worker.run(signal));
      },
    },
  },
  tidy: async (database) => (await import('./index.js')).sweepMemory(database),
  secrets: {
    count: (rotated) => `the secrets of ${rotated} ${rotated === 1 ? 'connector' : 'connectors'}`,
    lost: (connector) => `no key at hand opens the secrets of connector ${connector}: save them anew`,
    rotate: async (database, keyring) => (await import('./index.js')).rotateSecrets(database, keyring),
  },
  ingests: ['workItemComplete'],
  weights: {
    'Query.searchMemory': 500,
    // Sums over all rows of the time asked for.
    'Query.modelUsage': 500,
    'Query.templateScores': 500,
  },
} satisfies DomainProcess;
