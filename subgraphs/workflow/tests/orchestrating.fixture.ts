/**
 * An orchestrating process: `url finish boundary`. Brings the run `finish` to its end (`-`: none), starts another one, says which,
 * and kills itself at its `boundary`-th boundary. Ends by itself when that run has no such boundary.
 */
import { writeSync } from 'node:fs';
import { openDatabase } from '../../kernel/db/index.js';
import { afterCrash, mortal, orchestrate, startScene } from './crash-scene.js';

const [url = '', finish = '-', boundary = '0'] = process.argv.slice(2);
const database = await openDatabase({ url, poolSize: 2, log: { warn: () => undefined } });
if (finish !== '-') {
  await afterCrash(database);
  await orchestrate(database, finish);
}
const run = await startScene(database);
writeSync(1, `${run}\n`);
const die = (): void => void process.kill(process.pid, 'SIGKILL');
await orchestrate(mortal(database, Number(boundary), die), run);
await database.close();
