import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { running, startGateway, transports, type TestGateway } from './graph/index.js';

let gateway: TestGateway;

beforeAll(async () => void (gateway = await startGateway()));
afterAll(() => gateway.close());

const endless = 'subscription { endless { number } }';
const sse = { accept: 'text/event-stream' };

/** Resolves when `check` holds; the test's own time limit is the bound. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

test('a subscription by plain POST is told the two transports', async () => {
  const { errors } = await transports.POST(gateway, { query: endless });
  expect(errors[0]?.message).toMatch(/WebSocket.*graphql-transport-ws.*text\/event-stream/s);
  const get = await transports.GET(gateway, { query: endless });
  expect([get.status, get.errors.length]).toEqual([405, 1]);
});

test.each(['WebSocket', 'server-sent events'] as const)(
  'over %s events come in order, with entities of other subgraphs, and each with its own errors',
  async (name) => {
    const query = 'subscription { ticks(count: 3) { number secret by { name } } }';
    const { results } = await transports[name](gateway, { query });
    expect(results.map(({ data }) => data)).toEqual(
      [1, 2, 3].map((number) => ({ ticks: { number, secret: null, by: { name: 'Ada' } } })),
    );
    expect(results.map(({ errors }) => errors?.length)).toEqual([1, 1, 1]);
  },
);

test.each(['WebSocket', 'server-sent events'] as const)('over %s a fault at the start is masked', async (name) => {
  const { errors } = await transports[name](gateway, { query: 'subscription { broken { number } }' });
  expect(errors).toHaveLength(1);
  expect(JSON.stringify(errors)).not.toContain('10.0.0.7');
});

test('queries and mutations are answered over WebSocket and as server-sent events too', async () => {
  for (const ask of [transports.WebSocket, transports['server-sent events']]) {
    expect((await ask(gateway, { query: '{ hello }' })).results).toEqual([{ data: { hello: 'hello world' } }]);
    expect((await ask(gateway, { query: 'mutation { touch }' })).results).toEqual([{ data: { touch: 'touched' } }]);
    expect((await ask(gateway, { query: '{ nope }' })).errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
  }
});

test('a client that takes JSON and events gets JSON for a query and events for a subscription', async () => {
  const both = { accept: 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed' };
  const query = await gateway.post({ query: '{ hello }' }, both);
  expect(query.headers.get('content-type')).toMatch(/^application\/graphql-response\+json/);
  await query.text();
  const subscription = await gateway.post({ query: 'subscription { ticks(count: 1) { number } }' }, both);
  expect(subscription.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(await subscription.text()).toContain('event: complete');
});

test('the source of a subscription ends when its client goes away', async () => {
  const before = running.count;
  const controller = new AbortController();
  const response = await fetch(gateway.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...sse },
    body: JSON.stringify({ query: endless }),
    signal: controller.signal,
  });
  await until(() => running.count === before + 1);
  controller.abort();
  await response.text().catch(() => undefined);
  await until(() => running.count === before);

  const client = createClient({ url: gateway.graphql.replace('http', 'ws'), webSocketImpl: WebSocket });
  const events = client.iterate({ query: endless });
  await events.next();
  expect(running.count).toBe(before + 1);
  await client.dispose();
  await until(() => running.count === before);
});

test('the work of a query is aborted when its caller goes away', async () => {
  const before = running.count;
  const controller = new AbortController();
  const answer = fetch(gateway.graphql, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ slow }' }),
    signal: controller.signal,
  });
  await until(() => running.count === before + 1);
  controller.abort();
  await expect(answer).rejects.toThrow();
  await until(() => running.count === before);
});

test('at shutdown running requests finish, subscribers are told, and new connections are not taken', async () => {
  const closing = await startGateway({ http: { drainMilliseconds: 2_000 } });
  const stream = await closing.post({ query: endless }, sse);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    const socket = new WebSocket(closing.graphql.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', () => void closing.server.close());
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  expect(await closed).toEqual({ code: 1001, reason: 'The server is going away: connect again.' });
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read())
    text += new TextDecoder().decode(part.value);
  expect(text).toContain('SERVER_CLOSING');
  expect(text).toContain('event: complete');
  await closing.server.close();
  await expect(closing.post({ query: '{ hello }' })).rejects.toThrow();
  await closing.close();
});
