/**
 * The CLI in a process that is loaded before it is needed: it says `loaded`, and runs its command at SIGUSR2. After that, each
 * SIGUSR2 collects garbage and says what is left: a line of JSON on standard output.
 */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LocalSubgraphs } from '../../../cli/graph/local-subgraphs.js';
import { runCli } from '../../../cli/run.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

await import('../../../cli/graph/start-graph.js');
await import('../../../cli/commands/subgraph.js');
await new LocalSubgraphs(loadConfig()).loadAll();
// Waiting for a signal keeps no process alive.
const waiting = setInterval(() => undefined, 60_000);
const asked = once(process, 'SIGUSR2');
console.log('loaded');
await asked;
clearInterval(waiting);
process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ bytes: heapUsed + external }));
});
process.exitCode = await runCli(process.argv.slice(2), { print: console.log, printError: console.error });
