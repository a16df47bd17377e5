import { request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { startGateway, type TestGateway } from './graph/index.js';

const maxBodyBytes = 20_000;

let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  gateway = await startGateway({
    ingests: new Set(['ingest']),
    limits: { maxBatch: 5 },
    http: {
      maxBodyBytes,
      maxIngestBytes: 4_000_000,
      requestTimeoutMilliseconds: 400,
      bodyIdleMilliseconds: 60_000,
    },
    extraRoutes: [
      {
        method: 'POST',
        path: '/files',
        maxBodyBytes: 1_000_000,
        mayBeSlow: true,
        async handle({ authenticate, readBody }) {
          const { isAuthenticated } = await authenticate();
          return { status: 200, body: { isAuthenticated, bytes: (await readBody()).length } };
        },
      },
    ],
  });
  token = await gateway.mint.mint();
});
afterAll(() => gateway.close());

interface Answer {
  readonly status: number;
  readonly code: unknown;
  readonly body: { readonly data?: unknown; readonly errors?: { readonly extensions: Record<string, unknown> }[] };
}

async function send(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await gateway.post(body, headers);
  const text = await response.text();
  const parsed = JSON.parse(text.replace(/^event: next\ndata: (.*)[^]*$/, '$1')) as Answer['body'];
  return { status: response.status, code: parsed.errors?.[0]?.extensions['limit'], body: parsed };
}

const bearer = () => ({ authorization: `Bearer ${token}` });
const large = JSON.stringify('x'.repeat(50_000));
const question = (query: string) => `{"query": ${JSON.stringify(query)}, "variables": {"t": ${large}}}`;

describe('a large body', () => {
  test('is an ingest’s of a caller who is known', async () => {
    const ingest = question('mutation ($t: String!) { ...F } fragment F on Mutation { ingest(text: $t) }');
    expect((await send(ingest, bearer())).body).toEqual({ data: { ingest: 50_000 } });
    expect(await send(ingest)).toMatchObject({ status: 413, code: 'bodyBytes' });
  });

  test.each([
    ['a query', question('query ($t: String) { hello(name: $t) }')],
    ['another mutation', question('mutation ($t: String!) { ingest(text: $t) touch }')],
    ['no operation', `{"query": "", "variables": {"t": ${large}}}`],
    ['what is not valid', question('mutation { ingest }')],
    ['a list of operations', `[${question('mutation ($t: String!) { ingest(text: $t) }')}]`],
    ['a list', `[${large}]`],
    ['a text', large],
  ])('is refused for %s', async (_name, body) => {
    expect(await send(body, bearer())).toMatchObject({ status: 413, code: 'bodyBytes' });
  });
});

describe('JSON that would be slow to parse is refused before it is parsed', () => {
  const deep = `{"query": "{ hello }", "variables": {"a": ${'['.repeat(5_000)}${']'.repeat(5_000)}}}`;
  const wide = `{"query": "{ hello }", "variables": {"a": [${'[],'.repeat(200_000)}[]]}}`;

  test.each([
    ['as JSON', {}],
    ['as events', { accept: 'text/event-stream' }],
  ])('over HTTP %s', async (_name, headers) => {
    expect(await send(deep, headers)).toMatchObject({ status: 400, code: 'nesting' });
    expect(await send(`[${deep}]`, headers)).toMatchObject({ status: 400, code: 'nesting' });
    expect(await send('['.repeat(maxBodyBytes), headers)).toMatchObject({ status: 400, code: 'nesting' });
    expect(await send(wide, { ...headers, ...bearer() })).toMatchObject({ status: 400, code: 'containers' });
  });

  test('on a route of its own', async () => {
    const response = await fetch(`${gateway.url}/files`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(100_000),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { limit: 'nesting' } }] });
  });

  test('over WebSocket, where it ends the connection, before it is acknowledged as after', async () => {
    for (const first of [[], ['{"type":"connection_init"}']]) {
      const socket = new WebSocket(gateway.graphql.replace('http', 'ws'), 'graphql-transport-ws');
      await new Promise((resolve) => socket.once('open', resolve));
      const closed = new Promise<[number, string]>((resolve) => {
        socket.once('close', (code, reason) => resolve([code, reason.toString()]));
      });
      for (const message of first) socket.send(message);
      socket.send(`{"id":"1","type":"subscribe","payload":${deep}}`);
      expect(await closed).toEqual([4400, expect.stringContaining('levels of nested values')]);
    }
  });
});

describe('a body that arrives slowly', () => {
  /** Sends a piece every 100 ms, in all for longer than a request may take to arrive; the status, or 0 when cut off. */
  function drip(path: string, pieces: string[], headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      const all = { 'content-type': 'application/json', ...headers };
      const sending = httpRequest(`${gateway.url}${path}`, { method: 'POST', headers: all }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sending.on('error', () => resolve(0));
      void (async () => {
        for (const piece of pieces) {
          sending.write(piece);
          await pause(100);
        }
        sending.end();
      })();
    });
  }
  const pieces = ['{"que', 'ry":', ' "', '{ ', 'hel', 'lo', ' }', '"}'];

  test('may, so long as it moves, from a caller who is known', async () => {
    expect(await drip('/graphql', pieces, bearer())).toBe(200);
    expect(await drip('/files', pieces, bearer())).toBe(200);
  });

  test('is refused from anybody else', async () => {
    expect(await drip('/graphql', pieces, {})).toBe(408);
    expect(await drip('/files', pieces, {})).toBe(408);
    expect(await drip('/nowhere', pieces, bearer())).toBe(404);
  });

  test('is refused from a caller who is known once it has not moved for a while', async () => {
    const idle = await startGateway({ http: { requestTimeoutMilliseconds: 60_000, bodyIdleMilliseconds: 200 } });
    const sending = httpRequest(idle.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await idle.mint.mint()}` },
    });
    sending.write('{"query":');
    const status = await new Promise((resolve) => {
      sending.on('response', (response) => resolve(response.statusCode)).on('error', () => resolve(0));
    });
    expect(status).toBe(408);
    sending.destroy();
    await idle.close();
  });
});
