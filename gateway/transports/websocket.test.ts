import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildSchema, parse, type ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { createContext } from '../../tests/conformance/compose-fixture.js';
import { closeServer, listen } from '../../tests/conformance/http-subgraphs.js';
import type { GatewayContext, SubgraphRequest } from '../executor/types.js';
import { createWebSocketTransport } from './websocket.js';

const schema = buildSchema('type Query { a: Int } type Subscription { count(to: Int): Int forever: Int refused: Int }');

function toRequest(text: string, context: Partial<GatewayContext> = {}): SubgraphRequest {
  return {
    subgraph: 'books',
    operationType: 'subscription',
    text,
    document: parse(text),
    operationName: undefined,
    variables: {},
    shareable: false,
    context: createContext(context),
  };
}

const isStream = (value: unknown): value is AsyncIterableIterator<ExecutionResult> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

describe('a subgraph over WebSocket', () => {
  const server = createServer();
  let sockets: WebSocketServer;
  let url: string;
  let tokens: unknown[] = [];
  let transport: ReturnType<typeof createWebSocketTransport>;

  beforeEach(async () => {
    tokens = [];
    sockets = new WebSocketServer({ server, path: '/graphql' });
    useServer(
      {
        schema,
        onConnect: ({ connectionParams }) => void tokens.push(connectionParams?.['authorization'] ?? null),
        roots: {
          subscription: {
            async *count({ to }: { to: number }) {
              for (let i = 1; i <= to; i++) yield { count: i };
            },
            async *forever() {
              yield { forever: 1 };
              await new Promise(() => {});
            },
            refused: () => {
              throw new Error('no');
            },
          },
        },
      },
      sockets,
    );
    url = await listen(server);
    transport = createWebSocketTransport({ name: 'books', url, idleMilliseconds: 0 });
  });

  afterEach(async () => {
    await transport.dispose();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    await closeServer(server);
  });

  async function subscribe(text: string, context: Partial<GatewayContext> = {}) {
    const events = await transport.subscribe(toRequest(text, context));
    if (!isStream(events)) throw new Error('no stream');
    return events;
  }

  test('gives every event in order, then ends', async () => {
    const values: unknown[] = [];
    for await (const event of await subscribe('subscription { count(to: 50) }')) values.push(event.data?.['count']);
    expect(values).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('one that is asked as it closes for want of subscribers is not lost', async () => {
    for (let round = 0; round < 5; round++) {
      const events = await transport.subscribe(toRequest('subscription { count(to: 1) }'));
      if (!isStream(events)) throw new Error('no stream');
      expect(await events.next()).toMatchObject({ value: { data: { count: 1 } } });
      expect(await events.next()).toMatchObject({ done: true });
    }
  });

  test('keeps one connection for each authorization, and sends it', async () => {
    const headers = { authorization: 'Bearer one' };
    const open = await Promise.all([
      subscribe('subscription { forever }', { headers }),
      subscribe('subscription { forever }', { headers }),
      subscribe('subscription { forever }'),
    ]);
    await Promise.all(open.map((events) => events.next()));
    expect(sockets.clients.size).toBe(2);
    expect(tokens.sort()).toEqual(['Bearer one', null]);
    await Promise.all(open.map(async (events) => events.return?.()));
  });

  test("says the subgraph's own errors as an answer", async () => {
    const events = await subscribe('subscription { refused }');
    expect((await events.next()).value).toMatchObject({ errors: [{ message: 'no' }] });
    expect((await events.next()).done).toBe(true);
  });

  test.each([1000, 1001, 1012])(
    'a connection lost with code %i after it stood is said, never taken up in silence',
    async (code) => {
      const events = await subscribe('subscription { forever }');
      expect((await events.next()).value).toEqual({ data: { forever: 1 } });
      const pending = events.next();
      for (const socket of sockets.clients) socket.close(code, 'restarting');
      await expect(pending).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
      expect((await events.next()).done).toBe(true);
    },
  );

  test("is tried again while it can't be reached, and reported when it stays away", async () => {
    const port = Number(new URL(url).port);
    await closeServer(server);
    const events = await subscribe('subscription { count(to: 1) }');
    const first = events.next();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect((await first).value).toEqual({ data: { count: 1 } });

    const away = createWebSocketTransport({ name: 'books', url: 'http://127.0.0.1:1/graphql', maxAttempts: 2 });
    const lost = await away.subscribe(toRequest('subscription { forever }'));
    await expect(isStream(lost) ? lost.next() : undefined).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    await away.dispose();
  });

  test.each(['日本', '\u0001', 'a\nb'])('refuses a caller whose value no header can hold: %j', async (value) => {
    const requestHeaders = [{ from: 'x-tenant', to: 'x-tenant' }];
    const ruled = createWebSocketTransport({ name: 'books', url, requestHeaders, idleMilliseconds: 0 });
    const request = toRequest('subscription { count(to: 1) }', { headers: { 'x-tenant': value } });
    await expect(ruled.subscribe(request)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await ruled.dispose();
  });

  test.each(['no JSON', '"{\\"type\\":\\"connection_ack\\"}"', '9007199254740993', 'null', '[]'])(
    'one that sends what is no message ends its subscriptions, and nothing else: %s',
    async (frame) => {
      sockets.prependListener('connection', (socket) => socket.send(frame));
      const single = createWebSocketTransport({ name: 'books', url, maxAttempts: 1, idleMilliseconds: 0 });
      const events = await single.subscribe(toRequest('subscription { count(to: 1) }'));
      await expect(isStream(events) ? events.next() : undefined).rejects.toMatchObject({
        code: 'SUBGRAPH_UNAVAILABLE',
      });
      await single.dispose();
    },
  );

  test('more events than may wait end the stream, after what waits', async () => {
    const slow = createWebSocketTransport({ name: 'books', url, maxWaitingEvents: 3, idleMilliseconds: 0 });
    const events = await slow.subscribe(toRequest('subscription { count(to: 5000) }'));
    if (!isStream(events)) throw new Error('no stream');
    const values: unknown[] = [];
    const reading = async () => {
      for await (const event of events) {
        values.push(event.data?.['count']);
        // Reads on only when the sender has had a turn of the event loop for each event that may wait, and one more.
        for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate);
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(values.slice(0, 3)).toEqual([1, 2, 3]);
    await slow.dispose();
  });
});
