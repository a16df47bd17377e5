import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createOutbound, newSigningSecret, OutboundFailure, signMessage, type OutboundRequest } from './index.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let handle: Handler = (_request, response) => response.end();
const requests: string[] = [];
const web = createServer((request, response) => {
  requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
  handle(request, response);
});
/** Says what it is told to on any connection, HTTP or not. */
let rawAnswer = '';
const sockets = new Set<Socket>();
const raw = createTcpServer((socket) => {
  sockets.add(socket);
  socket.once('data', () => socket.end(rawAnswer)).on('error', () => undefined);
});
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeAll(async () => {
  for (const server of [web, raw]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(async () => {
  web.closeAllConnections();
  sockets.forEach((socket) => socket.destroy());
  await Promise.all([web, raw].map((server) => new Promise((resolve) => server.close(resolve))));
});

const open = () =>
  createOutbound({
    privateHosts: [`127.0.0.1:${portOf(web)}`, `127.0.0.1:${portOf(raw)}`, '127.0.0.1:1'],
    dnsServers: [],
  });
const ask = (server: Server, extra: Partial<OutboundRequest> = {}) =>
  open().send({
    url: `http://127.0.0.1:${portOf(server)}/hook`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":"ü"}',
    timeoutMs: 5_000,
    maxAnswerBytes: 100,
    ...extra,
  });
const failure = async (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => 'sent',
    (error: unknown) => (error instanceof OutboundFailure ? `${error.kind} ${error.message}` : String(error)),
  );

test('a body arrives whole, and what is answered comes back', async () => {
  handle = (request, response) => {
    void request.toArray().then((chunks) => response.end(Buffer.concat(chunks as Buffer[])));
  };
  const { status, body, isCut } = await ask(web);
  expect({ status, body: body.toString(), isCut }).toEqual({ status: 200, body: '{"a":"ü"}', isCut: false });
});

test('a redirect is an answer, and is not followed', async () => {
  requests.length = 0;
  handle = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end();
  expect((await ask(web)).status).toBe(307);
  expect(requests).toEqual(['POST /hook']);
});

describe('an answer whose status is there stands, whatever becomes of the rest', () => {
  test.each<[string, string]>([
    ['shorter than it says', 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nshort'],
    ['longer than it says', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nlonger than two bytes'],
    ['larger than is taken', `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(100_000)}`],
    ['broken off in a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc'],
  ])('%s', async (_what, text) => {
    rawAnswer = text;
    const { status, body } = await ask(raw);
    expect(status).toBe(200);
    expect(body.length).toBeLessThanOrEqual(100);
  });

  test('dripping past the time limit', async () => {
    handle = (_request, response) => void response.writeHead(202).write('one byte, and no more');
    const { status, isCut } = await ask(web, { timeoutMs: 200 });
    expect({ status, isCut }).toEqual({ status: 202, isCut: true });
  });
});

test('who says nothing, refuses, or does not speak HTTP is a failure in words that name no address', async () => {
  handle = () => undefined;
  expect(await failure(ask(web, { timeoutMs: 200 }))).toBe('TIMEOUT The server did not answer in time.');
  expect(await failure(ask(web, { url: 'http://127.0.0.1:1/' }))).toBe(
    'UNREACHABLE The server refused the connection.',
  );
  rawAnswer = 'SSH-2.0-OpenSSH\r\n';
  expect(await failure(ask(raw))).toBe('UNREACHABLE The server did not answer in HTTP.');
  rawAnswer = '';
  expect(await failure(ask(raw))).toBe('UNREACHABLE The server could not be reached, or broke the connection.');
});

test('what the caller ends is ended with its reason', async () => {
  handle = () => undefined;
  await expect(ask(web, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
});

describe('nothing inside of the network is reached unless it was named', () => {
  const outbound = (addresses: readonly string[] = []) =>
    createOutbound({ privateHosts: [], dnsServers: [] }, async () => addresses);
  const send = (url: string, addresses?: readonly string[]) =>
    failure(
      outbound(addresses).send({ url, method: 'GET', headers: {}, timeoutMs: 1_000, maxAnswerBytes: 1, body: '' }),
    );

  test.each([
    'http://hooks.example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://user:pass@hooks.example.com/',
    'https://hooks.example.com:25/',
    'file:///etc/passwd',
  ])('%s', async (url) => {
    expect(outbound().faultOf(url)).not.toBeNull();
    expect(await send(url)).toMatch(/^REFUSED /);
  });

  test('by a name that leads there, among public addresses too', async () => {
    expect(outbound().faultOf('https://hooks.example.com/')).toBeNull();
    expect(await send('https://hooks.example.com/', ['93.184.216.34', '10.0.0.7'])).toBe(
      'UNREACHABLE The host does not resolve to public addresses only.',
    );
  });
});

test('a receiver with the library of Standard Webhooks takes what either of two secrets signed, and no other', () => {
  const secrets = [newSigningSecret(), newSigningSecret()];
  const body = '{"price":"12 €"}';
  const headers = signMessage({ id: 'msg_1', sentAt: new Date(), body }, secrets);
  for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toEqual({ price: '12 €' });
  expect(() => new Webhook(newSigningSecret()).verify(body, headers)).toThrow();
  expect(() => new Webhook(secrets[0] ?? '').verify(`${body} `, headers)).toThrow();
  const old = signMessage({ id: 'msg_1', sentAt: new Date(Date.now() - 3_600_000), body }, secrets);
  expect(() => new Webhook(secrets[0] ?? '').verify(body, old)).toThrow();
});
