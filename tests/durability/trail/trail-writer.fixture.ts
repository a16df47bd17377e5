/** Writes, seals and makes checkpoints without end, until it is killed. Arguments: key, folder of checkpoints, data folder or URL. */
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openDatabase, prepareDatabase } from '../../../subgraphs/kernel/db/index.js';
import { openCheckpointer } from '../../../subgraphs/kernel/trail/index.js';
import { write, type Writer } from '../../../subgraphs/kernel/write/index.js';
import { quietLog } from '../../testkit/server.js';
import { tell } from '../../testkit/tell.js';

const [key = '', folder = '', place = ''] = process.argv.slice(2);
const log = { ...quietLog, error: (facts: unknown) => writeSync(2, `${JSON.stringify(facts)}\n`) };
const database = await openDatabase({ log, ...(place.includes('://') ? { url: place } : { dataDir: place }) });
await prepareDatabase(database);
const { trail } = loadConfig({ WEFT_TRAIL_KEY: key, WEFT_TRAIL_STORES: pathToFileURL(folder).href });
const checkpointer = await openCheckpointer(trail, database, log);
const writer: Writer = { auth: Identity.of({ subject: 'ann', scopes: [] }), requestId: 'request', database };
tell('open');

async function change(n: number): Promise<void> {
  await write(writer, { operation: 'test' }, async (tx) => {
    // Some fill a tile at once.
    for (let i = 0; i < (n % 5 === 0 ? 97 : 1); i++)
      tx.record({ type: 'Thing', key: `${n}-${i}`, action: 'thingChanged', event: i === 0 });
    return {};
  });
}

for (let n = 1; ; n++) {
  // Commit, seal, tree and checkpoint overlap, so that a kill falls into any of them.
  const changed = change(n);
  if (n % 2 === 0) await checkpointer?.round();
  await changed;
  tell(String(n));
}
