/** An agent of high concurrency, in a process of its own that some attempts kill: `url name`. It sweeps as every worker does. */
import { openDatabase } from '../../kernel/db/index.js';
import { defaultWorkflowSettings } from '../operations/settings.js';
import { startWorkflowSweeper } from '../operations/sweeper.js';
import { WorkflowWorker } from '../worker.js';
import { agentHandlers, agentScopes } from './invoice-scene.js';

const [url = '', name = 'agent'] = process.argv.slice(2);
const log = { warn: () => undefined };
const database = await openDatabase({ url, poolSize: 10, log });
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
};
startWorkflowSweeper({ database, sweepMs: 100, log });
const settings = { ...defaultWorkflowSettings, concurrency: 12, leaseSeconds: 5, pollMs: 50 };
const handlers = agentHandlers({ die, hangs: true });
await new WorkflowWorker({ database, settings, log, name, handlers, scopes: agentScopes }).run(
  new AbortController().signal,
);
