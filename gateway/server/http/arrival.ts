/**
 * How long a request's body may take to arrive. Node's own limit is one for all requests, so that a large upload over a
 * slow line would need a limit under which nobody else could be kept from sending a byte a minute.
 */
import type { IncomingMessage } from 'node:http';

export interface ArrivalLimits {
  /** For a request to arrive as a whole. */
  readonly requestTimeoutMilliseconds: number;
  /** For a body that may be slow: without a byte for this long, its sender is gone. */
  readonly bodyIdleMilliseconds: number;
}

interface Arrival {
  allowSlowness(): void;
}

const arrivals = new WeakMap<IncomingMessage, Arrival>();

/** `onLate` is called at most once, while the request is still incomplete. */
export function watchArrival(request: IncomingMessage, limits: ArrivalLimits, onLate: () => void): void {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  if (!hasBody) return;
  const { socket } = request;
  const isOver = () => request.complete || request.destroyed;
  let timer = setTimeout(() => {
    if (!isOver()) onLate();
  }, limits.requestTimeoutMilliseconds);
  request.once('close', () => clearTimeout(timer));

  function watchIdleness(): void {
    const bytesRead = socket.bytesRead;
    timer = setTimeout(() => {
      if (isOver()) return;
      // What has arrived and was not taken yet is this server's slowness, not the sender's.
      if (socket.bytesRead === bytesRead && request.readableLength === 0) onLate();
      else watchIdleness();
    }, limits.bodyIdleMilliseconds);
  }
  arrivals.set(request, {
    allowSlowness() {
      clearTimeout(timer);
      if (!isOver()) watchIdleness();
    },
  });
}

/** From here on the body may take as long as it likes, so long as it moves. For callers who are known. */
export function allowSlowBody(request: IncomingMessage): void {
  arrivals.get(request)?.allowSlowness();
}
