/** Scans in this process: a worker beside whatever else it does. */
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import type { StartedWorker } from './started.js';

export async function startScanWorker(config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { ScanWorker } = await import('../../subgraphs/scanning-and-wallets/index.js');
  const stopping = new AbortController();
  const ended = new ScanWorker({ database, settings: config.scans, log }).run(stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
