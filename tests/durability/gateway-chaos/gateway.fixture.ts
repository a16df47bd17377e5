/** `weft gateway`, which at SIGUSR2 collects its garbage and says what is left: a line of JSON on standard output. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runCli } from '../../../cli/run.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
  console.log(JSON.stringify({ bytes: heapUsed + external, sockets }));
});

process.exitCode = await runCli(process.argv.slice(2), { print: console.log, printError: console.error });
