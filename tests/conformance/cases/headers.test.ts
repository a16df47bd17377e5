import { on, once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { startForeignGateway, type ForeignGateway } from '../foreign-gateway.js';

let open: ForeignGateway;
let closed: ForeignGateway;
let transparent: ForeignGateway;

const subgraphs = {
  // Not in the order of their names: the response must not depend on it.
  beta: {
    typeDefs: 'type Query { b: String }',
    answer: () => ({
      headers: {
        'set-cookie': ['cart=b; Path=/', 'seen=1'],
        'x-trace': 'tb',
        'cache-control': 'no-store',
        vary: 'x-tenant',
        connection: 'x-secret',
        'x-secret': 's',
      },
      body: JSON.stringify({
        data: { b: null },
        errors: [{ message: 'No more of it.', path: ['b'], extensions: { code: 'SOLD_OUT', left: 0 } }],
      }),
    }),
  },
  alpha: {
    typeDefs: 'type Query { a: String }',
    answer: () => ({
      headers: { 'set-cookie': 'session=a; HttpOnly', 'x-trace': 'ta', 'cache-control': 'no-store' },
      body: '{"data":{"a":"x"}}',
    }),
  },
};
const same = (...names: string[]) => names.map((name) => ({ from: name, to: name }));

beforeAll(async () => {
  open = await startForeignGateway(subgraphs, {
    server: { connectionHeaders: ['x-tenant'] },
    executor: {
      passCodes: ['SOLD_OUT'],
      transport: {
        requestHeaders: [
          ...same('x-tenant', 'cookie'),
          { from: 'x-old', to: 'x-new' },
          { from: 'accept-language', to: 'accept-language', fallback: 'en' },
        ],
        answerHeaders: [
          ...same('set-cookie', 'cache-control', 'vary', 'x-secret'),
          { from: 'x-trace', to: 'x-subgraphs' },
        ],
      },
    },
  });
  closed = await startForeignGateway(subgraphs);
  const { requestHeaders, answerHeaders } = loadConfig({ WEFT_AUTH: 'off' }).propagation;
  transparent = await startForeignGateway(subgraphs, { executor: { transport: { requestHeaders, answerHeaders } } });
});
afterAll(() => Promise.all([open.close(), closed.close(), transparent.close()]));

const sent = { 'x-tenant': 'acme', cookie: 'c=1', 'x-old': 'o', 'x-other': 'never', authorization: 'Bearer t' };

describe('headers of a caller', () => {
  test('reach every subgraph by the rules: as they are, renamed, or what stands for a missing one', async () => {
    await open.post({ query: '{ a b }' }, sent);
    for (const name of ['alpha', 'beta']) {
      const headers = open.asked[name]?.at(-1)?.headers;
      expect(headers).toMatchObject({ 'x-tenant': 'acme', cookie: 'c=1', 'x-new': 'o', authorization: 'Bearer t' });
      expect(headers?.['x-old']).toBeUndefined();
      expect(headers?.['x-other']).toBeUndefined();
    }
    await open.post({ query: '{ a }' }, { 'accept-language': 'de' });
    expect(open.asked['alpha']?.at(-1)?.headers['accept-language']).toBe('de');
  });

  test('reach every subgraph, and its cookies the caller, where callers are not told apart', async () => {
    const { headers: answered } = await transparent.post({ query: '{ a }' }, { ...sent, 'x-weft-caller': 'somebody' });
    const headers = transparent.asked['alpha']?.at(-1)?.headers;
    expect(headers).toMatchObject({ 'x-tenant': 'acme', cookie: 'c=1', 'x-old': 'o', 'x-other': 'never' });
    expect(headers?.['x-weft-caller']).not.toBe('somebody');
    expect(answered.getSetCookie()).toEqual(['session=a; HttpOnly']);
    expect(answered.get('x-trace')).toBeNull();
  });

  test('reach none that the caller declares to be for its own connection', async () => {
    await new Promise<void>((resolve, reject) => {
      const headers = { ...sent, 'content-type': 'application/json', connection: 'close, X-Tenant' };
      request(open.url, { method: 'POST', headers }, (response) => response.resume().once('end', resolve))
        .once('error', reject)
        .end('{"query":"{ a }"}');
    });
    const headers = open.asked['alpha']?.at(-1)?.headers;
    expect(headers?.['x-tenant']).toBeUndefined();
    expect(headers?.['x-new']).toBe('o');
  });

  test.each(['日本', '\u0001'])('given over WebSocket reach none that no header can hold: %j', async (tenant) => {
    const socket = new WebSocket(open.url.replace('http', 'ws'), 'graphql-transport-ws');
    const messages = on(socket, 'message') as AsyncIterableIterator<[Buffer]>;
    const next = async () => String((await messages.next()).value[0]);
    await once(socket, 'open');
    const payload = { 'x-tenant': tenant, authorization: `Bearer ${tenant}` };
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    expect(await next()).toContain('connection_ack');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ a }' } }));
    expect(JSON.parse(await next())).toMatchObject({ payload: { data: { a: 'x' } } });
    const headers = open.asked['alpha']?.at(-1)?.headers ?? {};
    expect([headers['x-tenant'], headers.authorization]).toEqual([undefined, undefined]);
    socket.close();
  });

  test('reach no subgraph without rules', async () => {
    await closed.post({ query: '{ a }' }, sent);
    const headers = closed.asked['alpha']?.at(-1)?.headers ?? {};
    expect(headers).toMatchObject({ authorization: 'Bearer t' });
    for (const name of ['x-tenant', 'cookie', 'x-old', 'x-new', 'accept-language'])
      expect(headers[name]).toBeUndefined();
  });
});

describe('headers of subgraphs', () => {
  test('reach the caller by the rules, in the order of the names of the subgraphs', async () => {
    const { headers } = await open.post({ query: '{ b a }' });
    expect(headers.getSetCookie()).toEqual(['session=a; HttpOnly', 'cart=b; Path=/', 'seen=1']);
    expect(headers.get('x-subgraphs')).toBe('ta, tb');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('x-tenant');
    expect(headers.get('x-trace')).toBeNull();
  });

  test('reach nobody when the subgraph declares them to be for its connection, or when there are no rules', async () => {
    expect((await open.post({ query: '{ b }' })).headers.get('x-secret')).toBeNull();
    const { headers } = await closed.post({ query: '{ a b }' });
    expect(headers.getSetCookie()).toEqual([]);
    expect(headers.get('x-trace')).toBeNull();
  });
});

describe('an error of a subgraph', () => {
  test('passes whole when its code may, and is masked when it may not', async () => {
    const errorsOf = async (gateway: ForeignGateway) =>
      (JSON.parse((await gateway.post({ query: '{ b }' })).text) as { errors: unknown[] }).errors;
    expect(await errorsOf(open)).toEqual([
      { message: 'No more of it.', path: ['b'], extensions: { code: 'SOLD_OUT', left: 0 } },
    ]);
    expect(await errorsOf(closed)).toMatchObject([
      { message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });
});
