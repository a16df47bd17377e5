// @ts-check
/**
 * The thread that the embedded engine runs in; `wasm-engine.ts` is its other side. Plain JavaScript: a thread is started
 * from the file as it stands, in tests and from `dist` alike.
 */
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

// How long a function runs before V8 compiles it anew, optimised: by default so soon that this takes more of a start than all
// else, on every core. A server that works gets there all the same.
setFlagsFromString('--wasm-tiering-budget=300000000');
// PostgreSQL clears its buffers one by one when it starts. Of PGlite's 128 MB that is 0.1 s of every start, and memory that the
// file system's cache behind it has a second time.
const buffers = ['-c', 'shared_buffers=32MB'];
const startParams = [...PGlite.defaultStartParams, ...buffers];
const pglite = await PGlite.create({ ...workerData, startParams, extensions: { vector } });

/** @type {(message: Uint8Array | 'dump' | 'close') => unknown} */
function carryOut(message) {
  if (message === 'dump') return pglite.dumpDataDir('none');
  if (message === 'close') return pglite.close();
  // A copy: what the engine answers is a view of its memory.
  return pglite.execProtocolRawSync(message).slice();
}

parentPort?.on('message', async (/** @type {Uint8Array | 'dump' | 'close'} */ message) => {
  try {
    const value = await carryOut(message);
    parentPort?.postMessage({ value }, value instanceof Uint8Array ? [/** @type {ArrayBuffer} */ (value.buffer)] : []);
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
parentPort?.postMessage({ value: 'open' });
