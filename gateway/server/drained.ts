/** Back-pressure of an HTTP response that is written piece by piece. */
import type { ServerResponse } from 'node:http';

/** Resolves when the response takes more, or has closed. */
export function drained(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
