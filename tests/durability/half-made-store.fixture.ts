/** Makes an embedded store and kills itself as soon as PostgreSQL's files are there: before the store stands, always. */
import fs, { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { openDatabase } from '../../subgraphs/kernel/db/index.js';

const [dataDir = ''] = process.argv.slice(2);
const die = (): void => void process.kill(process.pid, 'SIGKILL');
// The last moment, where a busy machine kept the timer below waiting: the mark of an unfinished store is about to go.
fs.rmSync = die;
syncBuiltinESMExports();
setInterval(() => {
  if (existsSync(join(dataDir, 'database', 'PG_VERSION'))) die();
}, 1);
await openDatabase({ dataDir, log: { warn: () => undefined } });
