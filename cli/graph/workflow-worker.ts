/** Workflow in this process: a worker beside whatever else it does, and the sweep that every process may do. */
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import type { StartedWorker } from './started.js';

/** Time-outs, escalations and budgets: any number of processes may look after them. */
export async function startWorkflowSweep(_config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { defaultWorkflowSettings, startWorkflowSweeper } = await import('../../subgraphs/workflow/index.js');
  const { sweepMs } = defaultWorkflowSettings;
  return { stop: startWorkflowSweeper({ database, sweepMs, log }) };
}

/** Does the items that ask for a built-in handler, and sweeps. */
export async function startWorkflowWorker(config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { defaultWorkflowSettings, WorkflowWorker } = await import('../../subgraphs/workflow/index.js');
  const stopping = new AbortController();
  const worker = new WorkflowWorker({ database, settings: defaultWorkflowSettings, log });
  const ended = worker.run(stopping.signal);
  const sweeping = await startWorkflowSweep(config, database, log);
  return {
    stop: async () => {
      stopping.abort();
      await sweeping.stop();
      await ended;
    },
  };
}
