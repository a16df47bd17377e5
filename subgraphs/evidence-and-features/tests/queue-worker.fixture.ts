/** A worker in a process of its own, without end: `place folder leaseSeconds`, the place being a server's URL or the folder of an embedded store. A line for each job that it has begun, before its work. */
import { writeSync } from 'node:fs';
import { openDatabase } from '../../kernel/db/index.js';
import { createEmbedder } from '../../kernel/embeddings/index.js';
import { DocumentStore } from '../upload/index.js';
import { DocumentWorker } from '../worker/index.js';

const [place = '', folder = '', leaseSeconds = '2'] = process.argv.slice(2);
const log = { warn: () => undefined };
const database = await openDatabase({
  ...(place.includes('://') ? { url: place } : { dataDir: place }),
  poolSize: 3,
  log,
});
const own = createEmbedder({ embeddings: undefined });

const store = DocumentStore.inside(folder);
const read = store.read.bind(store);
store.read = (...args) => {
  writeSync(1, 'extract\n');
  return read(...args);
};

const worker = new DocumentWorker({
  database,
  store,
  embedder: {
    model: own.model,
    embed: (texts, dimensions) => {
      writeSync(1, 'embed\n');
      return own.embed(texts, dimensions);
    },
  },
  log,
  settings: { leaseSeconds: Number(leaseSeconds), concurrency: 2, pollMs: 100 },
});
await worker.run(new AbortController().signal);
