/** `weft worker`: does the work that waits in the database. */
import type { Command } from 'commander';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { startDocumentWorker } from '../graph/evidence-and-features.js';
import { startScanWorker } from '../graph/scan-worker.js';
import { openStore } from '../graph/services.js';
import { Started } from '../graph/started.js';
import { untilStopped } from '../graph/until-stopped.js';
import { startWorkflowWorker } from '../graph/workflow-worker.js';

/** What can be worked on, by the option that asks for it. */
const workers = { scans: startScanWorker, documents: startDocumentWorker, workflow: startWorkflowWorker };
type Work = keyof typeof workers;

export function configure(command: Command, terminal: Terminal): void {
  command
    .option('--scans', 'fetch and score the URLs that accounts have paid for; WEFT_SCAN_* are its limits')
    .option('--documents', 'extract, embed and infer from documents; WEFT_PROCESSING_* are its limits')
    .option(
      '--workflow',
      'do the work items that ask for a built-in handler; time-outs, escalations and budgets of all',
    )
    .addHelpText(
      'after',
      '\nAny number of workers may run at once, on DATABASE_URL. It ends when its jobs under way are done.',
    )
    .action(async (options: Partial<Record<Work, true>>) => {
      const asked = (Object.keys(workers) as Work[]).filter((name) => options[name] === true);
      if (asked.length === 0) command.error("error: option '--scans', '--documents' or '--workflow' not specified");
      await work(asked, terminal);
    });
}

async function work(asked: readonly Work[], { print }: Terminal): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const log = createLogger({ level: config.logLevel, name: 'weft-worker' });
  const started = new Started();
  try {
    const store = await openStore(config, log);
    started.add(() => store.close());
    for (const name of asked) {
      const worker = await workers[name](config, store.database, log);
      started.add(() => worker.stop());
    }
    print(`Weft works on ${asked.join(' and ')}`);
    await untilStopped();
  } finally {
    await started.end();
  }
}
