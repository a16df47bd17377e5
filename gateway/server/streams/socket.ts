/** One `ws` socket as graphql-ws sees a connection: keep-alive, back-pressure, errors that end this connection and no other. */
import { CloseCode, type WebSocket as Peer } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { finishJson, parseJson } from '../../json/exact-json.js';
import type { Consumer } from './consumer.js';
import { checkJsonShape } from '../../json/json-shape.js';

/** `open` answers what to call once the socket has closed. */
export function attachSocket(
  socket: WebSocket,
  pingMilliseconds: number,
  consumer: Consumer,
  open: (peer: Peer) => (code?: number, reason?: string) => Promise<void>,
): void {
  const stopPinging = keepAlive(socket, pingMilliseconds);
  // A frame that is too large or malformed: `ws` closes the connection itself, with the code that says so.
  socket.on('error', () => undefined);
  const closed = open({
    protocol: socket.protocol,
    // Resolves when the bytes have left: the next event of a subscription is fetched only then, so a slow reader holds
    // back its source instead of filling this process.
    send: (data) =>
      new Promise((resolve, reject) => {
        // Not at once: a source that never waits would keep this process from ever seeing that the socket has closed.
        if (socket.readyState !== socket.OPEN) return void setImmediate(resolve);
        const taken = consumer.offered();
        socket.send(finishJson(data), (error) => {
          taken();
          if (error) reject(error);
          else resolve();
        });
      }),
    close: (code, reason) => socket.close(code, reason),
    onMessage: (handle) => {
      socket.on('message', (data: Buffer) => {
        try {
          checkJsonShape(data);
        } catch (error) {
          if (!(error instanceof RequestError)) throw error;
          return socket.close(CloseCode.BadRequest, error.message.slice(0, 123));
        }
        handle(toMessage(data)).catch(() => socket.close(CloseCode.InternalServerError, 'Internal server error.'));
      });
    },
  });
  socket.once('close', (code, reason) => {
    stopPinging();
    closed(code, reason.toString()).catch(() => undefined);
  });
}

/** Parsed here, so that numbers stay exact: the protocol's own way takes what is no text as it is. */
function toMessage(data: Buffer): string {
  const text = data.toString('utf8');
  try {
    const message = parseJson(text);
    // A text would be parsed once more, and what it holds was not looked at.
    if (typeof message === 'object') return message as unknown as string;
  } catch {
    // The protocol says itself what is wrong with it.
  }
  return text;
}

/** A peer that answers no ping by the time of the next is gone. */
function keepAlive(socket: WebSocket, pingMilliseconds: number): () => void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingMilliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
