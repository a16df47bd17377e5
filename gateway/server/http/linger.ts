/** How a sender is refused that has not finished sending. */
import type { ServerResponse } from 'node:http';

/** Of what is refused, read and forgotten at most. */
const mostBytes = 4_000_000;
/** A sender that is still at it has had its answer for this long. */
const mostMilliseconds = 1_000;

/**
 * Sends the rest of an answer whose head says its length, and closes the connection a little later: closed at once, with
 * bytes of the sender unread, it would be reset, and the sender would lose the answer.
 */
export function endUnread(response: ServerResponse, text: string): void {
  const { req: request } = response;
  let left = mostBytes;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, mostMilliseconds);
  request.once('end', end);
  request.once('close', end);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  response.write(text);
}
