/** `weft worker`: does the work that waits in the database. */
import type { Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { startScanWorker } from '../graph/scan-worker.js';
import { openStore } from '../graph/services.js';
import { untilStopped } from '../graph/until-stopped.js';

export function configure(command: Command, terminal: Terminal): void {
  command
    .requiredOption('--scans', 'fetch and score the URLs that accounts have paid for; WEFT_SCAN_* are its limits')
    .addHelpText(
      'after',
      '\nAny number of workers may run at once, on DATABASE_URL. It ends when its jobs under way are done.',
    )
    .action(() => work(terminal));
}

async function work({ print }: Terminal): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const log = createLogger({ level: config.logLevel, name: 'weft-worker' });
  const store = await openStore(config, log);
  try {
    const scans = await startScanWorker(config, store.database, log);
    print('Weft works on scans');
    await untilStopped();
    await scans.stop();
  } finally {
    await store.close();
  }
}
