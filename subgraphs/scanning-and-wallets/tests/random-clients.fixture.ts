/** Some random clients in a process of their own, without end: `url seed clients`. A line for each thing done, before the next. */
import { openDatabase } from '../../kernel/db/index.js';
import { RandomClient } from './random-client.js';
import { tell } from '../../../tests/testkit/tell.js';

const [url = '', seed = '0', clients = '1'] = process.argv.slice(2);
const count = Number(clients);
const database = await openDatabase({ url, poolSize: count, log: { warn: () => undefined } });

async function run(client: RandomClient): Promise<void> {
  for (;;) {
    const acknowledged = await client.step();
    tell(acknowledged ?? 'done');
  }
}

await Promise.all(
  Array.from({ length: count }, (_, index) => run(new RandomClient(database, Number(seed) * 100 + index))),
);
