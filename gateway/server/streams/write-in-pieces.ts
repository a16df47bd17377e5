/** Back-pressure of an HTTP response that is written piece by piece. */
import type { ServerResponse } from 'node:http';

/** Bytes that are written together: each that is taken shows that the caller reads, however large the whole is. */
const mostBytes = 64 * 1024;

/** Is told of each piece that waits to be taken, and then that it was. */
export interface Offers {
  offered(): () => void;
}

/** Resolves when the response takes more after all of it, or has closed. */
export async function writeInPieces(
  response: ServerResponse,
  content: Uint8Array | string,
  offers: Offers,
): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += mostBytes) {
    if (response.destroyed || response.closed) return;
    response.write(bytes.subarray(at, at + mostBytes));
    await untilTaken(response, offers);
  }
}

/** Resolves when nothing waits to be taken, or the response has closed. */
export async function untilTaken(response: ServerResponse, offers: Offers): Promise<void> {
  while (response.writableNeedDrain && !response.closed) {
    const taken = offers.offered();
    await drained(response);
    taken();
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
