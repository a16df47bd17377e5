/** What a process does for scans and wallets. */
import { untilAborted, type DomainProcess } from '../kernel/subgraph/domain-process.js';

export default {
  createSubgraph: async ({ scans }) => (await import('./index.js')).createSubgraph({ settings: scans }),
  workers: {
    scans: {
      description: 'fetch and score the URLs that accounts have paid for; WEFT_SCAN_* are its limits',
      start: async ({ config, database, log }) => {
        const { ScanWorker } = await import('./index.js');
        const worker = new ScanWorker({ database, settings: config.scans, log });
        return untilAborted((signal) => worker.run(signal));
      },
    },
  },
  weights: { 'Query.scanUsage': 500 },
} satisfies DomainProcess;
