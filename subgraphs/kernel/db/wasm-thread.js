// @ts-check
/**
 * The thread that the embedded engine runs in; `wasm-engine.ts` is its other side. Plain JavaScript: a thread is started
 * from the file as it stands, in tests and from `dist` alike.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

const pglite = await PGlite.create({ ...workerData, extensions: { vector } });

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
