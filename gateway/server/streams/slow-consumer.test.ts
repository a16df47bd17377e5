import { once } from 'node:events';
import { request as httpRequest, ServerResponse, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createFixtureExecutor } from '../../../tests/conformance/compose-fixture.js';
import { startGateway, type TestGateway } from '../../../tests/security/graph/index.js';

const slowConsumerMilliseconds = 50;
const padding = 'x'.repeat(64 * 1024);
const cell = new Int32Array(new SharedArrayBuffer(4));
const turn = () => new Promise(setImmediate);

interface Arguments {
  readonly after?: string | null;
}

/** Without end, and so large that no kernel's buffers hold much of it. */
async function* large({ after }: Arguments) {
  for (let cursor = Number(after ?? 0) + 1; ; cursor++) yield { cursor, padding };
}

/** In a process that is blocked for longer than a caller may take nothing, again and again. */
async function* blocked() {
  for (let cursor = 1; cursor <= 600; cursor++) {
    if (cursor % 150 === 0) Atomics.wait(cell, 0, 0, 3 * slowConsumerMilliseconds);
    yield { cursor, padding: '' };
  }
}

let gateway: TestGateway;
beforeAll(async () => {
  const resolve = (event: unknown) => event;
  const executor = createFixtureExecutor({
    feed: {
      typeDefs: `type Query { a: Int large: [String!] } type Item { cursor: Int! padding: String }
        type Subscription { large(after: ID): Item blocked: Item quiet: Item }`,
      resolvers: {
        Query: { a: () => 1, large: () => Array.from({ length: 600 }, () => padding) },
        Subscription: {
          large: { subscribe: (_: unknown, args: Arguments) => large(args), resolve },
          blocked: { subscribe: () => blocked(), resolve },
          quiet: {
            async *subscribe() {
              yield { cursor: 1 };
              await new Promise(() => undefined);
            },
            resolve,
          },
        },
      },
    },
  });
  gateway = await startGateway({ executor, http: { slowConsumerMilliseconds } });
});
afterAll(() => gateway.close());

async function slowConsumers(): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^weft_slow_consumers_total (.*)$/m.exec(text)?.[1]);
}

async function untilOneMoreThan(before: number): Promise<void> {
  while ((await slowConsumers()) === before) await turn();
}

const query = 'subscription ($after: ID) { large(after: $after) { cursor padding } }';

/** An operation over a socket of which the test decides when it is read. */
async function openSocket() {
  const socket = new WebSocket(gateway.graphql.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  const messages: any[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString('utf8'))));
  const until = async (isThere: () => boolean) => {
    while (!isThere()) await turn();
  };
  socket.send('{"type":"connection_init"}');
  await until(() => messages.length > 0);
  messages.length = 0;
  const subscribe = (id: string, payload: object) => socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
  return { socket, messages, until, subscribe };
}

describe('over WebSocket', () => {
  test('who takes nothing is told SLOW_CONSUMER with the cursor after which nothing is missing; others go on', async () => {
    const { socket, messages, until, subscribe } = await openSocket();
    subscribe('quiet', { query: 'subscription { quiet { cursor } }' });
    await until(() => messages.length === 1);
    subscribe('1', { query });
    await until(() => messages.length > 2);
    const before = await slowConsumers();
    socket.pause();
    await untilOneMoreThan(before);
    socket.resume();
    await until(() => messages.at(-1).type === 'complete');
    const ofLarge = messages.filter(({ id }) => id === '1');
    const events = ofLarge.slice(0, -2).map(({ payload }) => payload.data.large.cursor);
    expect(events).toEqual(events.map((_, index) => index + 1));
    expect(ofLarge.at(-2).payload.errors).toEqual([
      expect.objectContaining({ extensions: { code: 'SLOW_CONSUMER', cursor: String(events.length) } }),
    ]);
    expect(messages.filter(({ id }) => id === 'quiet')).toHaveLength(1);

    messages.length = 0;
    subscribe('2', { query, variables: { after: String(events.length) } });
    await until(() => messages.length > 0);
    expect(messages[0]).toMatchObject({ type: 'next', payload: { data: { large: { cursor: events.length + 1 } } } });
    socket.terminate();
  });

  test('parts that nobody takes are given up, and the caller is told', async () => {
    const { socket, messages, until, subscribe } = await openSocket();
    const before = await slowConsumers();
    subscribe('1', { query: '{ a ... @defer { large } }' });
    await until(() => messages.length > 0);
    socket.pause();
    await untilOneMoreThan(before);
    socket.resume();
    await until(() => messages.at(-1).type === 'complete');
    expect(messages.at(-2).payload.errors).toEqual([
      expect.objectContaining({ extensions: { code: 'SLOW_CONSUMER' } }),
    ]);
    socket.terminate();
  });

  test('who reads promptly is told nothing while the process is blocked for longer than that', async () => {
    const { socket, messages, until, subscribe } = await openSocket();
    subscribe('1', { query: 'subscription { blocked { cursor } }' });
    await until(() => messages.at(-1)?.type === 'complete');
    const cursors = messages.slice(0, -1).map(({ payload }) => payload.data?.blocked.cursor ?? payload);
    expect(cursors).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    socket.terminate();
  });
});

describe('over server-sent events', () => {
  async function open(query: string): Promise<IncomingMessage> {
    const request = httpRequest(gateway.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    });
    request.end(JSON.stringify({ query }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  async function eventsOf(response: IncomingMessage): Promise<any[]> {
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += String(part);
    return [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  }

  test('who takes nothing is told SLOW_CONSUMER with the cursor after which nothing is missing', async () => {
    const before = await slowConsumers();
    const response = await open('subscription { large { cursor padding } }');
    await untilOneMoreThan(before);
    const events = await eventsOf(response);
    const cursors = events.slice(0, -1).map(({ data }) => data.large.cursor);
    expect(cursors).toEqual(cursors.map((_, index) => index + 1));
    expect(events.at(-1).errors).toEqual([
      expect.objectContaining({ extensions: { code: 'SLOW_CONSUMER', cursor: String(cursors.length) } }),
    ]);
  });

  test('who is told and goes on taking nothing is cut off', async () => {
    const destroy = jest.spyOn(ServerResponse.prototype, 'destroy');
    const response = await open('{ a ... @defer { large } }');
    while (destroy.mock.calls.length === 0) await turn();
    destroy.mockRestore();
    await expect(eventsOf(response)).rejects.toThrow('aborted');
  });

  test('who reads promptly is told nothing while the process is blocked for longer than that', async () => {
    const events = await eventsOf(await open('subscription { blocked { cursor } }'));
    expect(events.map((event) => event.data?.blocked.cursor ?? event)).toEqual(
      Array.from({ length: 600 }, (_, index) => index + 1),
    );
  });
});

describe('over multipart', () => {
  async function open(): Promise<IncomingMessage> {
    const request = httpRequest(gateway.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed;incrementalSpec=v0.2' },
    });
    request.end(JSON.stringify({ query: '{ a ... @defer { large } }' }));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  test('who takes nothing is cut off, and holds no part of the answer any longer', async () => {
    const before = await slowConsumers();
    const response = await open();
    await untilOneMoreThan(before);
    const read = async () => {
      for await (const part of response) void part;
    };
    await expect(read()).rejects.toThrow('aborted');
  });

  test('who reads gets a part whole that is larger than any buffer', async () => {
    const before = await slowConsumers();
    let text = '';
    for await (const part of (await open()).setEncoding('utf8')) text += String(part);
    expect(text).toContain('"hasNext":false');
    expect(text.split(padding)).toHaveLength(601);
    expect(await slowConsumers()).toBe(before);
  });
});
