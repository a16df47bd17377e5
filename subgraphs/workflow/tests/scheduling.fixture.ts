/** A process that sweeps, `url`, until it is killed: beside time-outs and budgets it starts what is due. */
import { openDatabase } from '../../kernel/db/index.js';
import { startWorkflowSweeper } from '../operations/sweeper.js';

const [url = ''] = process.argv.slice(2);
const database = await openDatabase({ url, poolSize: 2, log: { warn: () => undefined } });
startWorkflowSweeper({ database, sweepMs: 20, log: { warn: () => undefined } });
setInterval(() => undefined, 60_000);
