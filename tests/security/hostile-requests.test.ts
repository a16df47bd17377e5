import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import type { SupergraphExecutor } from '../../gateway/executor/index.js';
import { createGraph, startGateway, type TestGateway } from './graph/index.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({
    http: {
      maxBodyBytes: 10_000,
      maxHeaderBytes: 8_192,
      headersTimeoutMilliseconds: 300,
      requestTimeoutMilliseconds: 600,
      operationTimeoutMilliseconds: 300,
      maxOperationsPerConnection: 3,
    },
  });
});
afterAll(() => gateway.close());

async function answerTo(init: RequestInit, path = '/graphql') {
  const response = await fetch(`${gateway.url}${path}`, init);
  const body = (await response.json()) as { errors?: { message: string; extensions: { code: string } }[] };
  return { status: response.status, code: body.errors?.[0]?.extensions.code, headers: response.headers, body };
}

function raw(bytes: string | Buffer, { end = true } = {}): Promise<string> {
  const { port, hostname } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    if (end) socket.end(bytes);
    else socket.write(bytes);
  });
}

const json = { 'content-type': 'application/json' };
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  headers,
  body,
});

describe('a request that makes no sense is told so in JSON, and the server goes on', () => {
  test.each<[string, RequestInit, number, string]>([
    ['broken JSON', post('{"query": "{ hello'), 400, 'BAD_REQUEST'],
    ['an empty body', post(''), 400, 'BAD_REQUEST'],
    ['JSON that is no object', post('"text"'), 400, 'BAD_REQUEST'],
    ['a query that is no text', post('{"query": {"a": 1}}'), 400, 'BAD_REQUEST'],
    ['variables that are no object', post('{"query": "{ hello }", "variables": [1]}'), 400, 'BAD_REQUEST'],
    ['no query at all', post('{"variables": {}}'), 400, 'BAD_REQUEST'],
    ['invalid UTF-8', post(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 400, 'BAD_REQUEST'],
    ['a body that is too large', post(`{"query": "${' '.repeat(20_000)}"}`), 413, 'LIMIT_EXCEEDED'],
    ['another content type', post('<query/>', { 'content-type': 'application/xml' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a form',
      post('query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'another charset',
      post('{}', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a compressed body', post('{}', { ...json, 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another method', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s', async (_name, init, status, code) => {
    const answer = await answerTo(init);
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toMatch(/json/);
    expect((await answerTo(post('{"query": "{ hello }"}'))).status).toBe(200);
  });

  test('an address that is none', async () => {
    expect(await raw('GET // HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    const upgrade =
      'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: YWJj\r\n';
    expect(await raw(`GET // HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    expect((await answerTo(post('{"query": "{ hello }"}'))).status).toBe(200);
  });

  test('a path that is not there', async () => {
    expect(await answerTo({}, '/admin.php')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('a body without a declared length is cut off at the limit', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i += 1) controller.enqueue(new TextEncoder().encode(' '.repeat(1_000)));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: json, body: stream, duplex: 'half' } as RequestInit;
    expect(await answerTo(init)).toMatchObject({ status: 413, code: 'LIMIT_EXCEEDED' });
  });

  test('headers that are too large', async () => {
    const flood = Array.from({ length: 400 }, (_, i) => `x-h${i}: ${'v'.repeat(50)}`).join('\r\n');
    expect(await raw(`POST /graphql HTTP/1.1\r\nhost: a\r\n${flood}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  test('bytes that are not HTTP', async () => {
    expect(await raw('\u0016\u0003\u0001 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });

  test('a request that never ends is ended by the server', async () => {
    expect(await raw('POST /graphql HTTP/1.1\r\nhost: a\r\nx-slow: ', { end: false })).toMatch(/^HTTP\/1.1 408 /);
    const body = 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';
    expect(await raw(body, { end: false })).toMatch(/^HTTP\/1.1 (408|400) /);
  });
});

describe('what callers are told of faults', () => {
  test('an unexpected error is masked under an id', async () => {
    const { body } = await answerTo(post('{"query": "{ hello boom }"}'));
    const [error] = body.errors ?? [];
    expect(body).toMatchObject({ data: { hello: 'hello world', boom: null } });
    expect(JSON.stringify(body)).not.toMatch(/select|secrets|node_modules/);
    expect(error?.extensions).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.stringMatching(/^[\w-]{36}$/),
    });
  });

  test('an error written for callers arrives as written, without what is internal', async () => {
    const { body } = await answerTo(post('{"query": "{ refused }"}'));
    expect(body.errors).toMatchObject([{ message: 'That is not for you.', extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(JSON.stringify(body)).not.toContain('rule 7');
  });

  test('a wrong variable is the request’s fault', async () => {
    const query = 'query ($n: [Int!]) { sum(numbers: $n) }';
    const { body } = await answerTo(post(JSON.stringify({ query, variables: { n: ['x'] } })));
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('a message does not repeat a value without end', async () => {
    const { body } = await answerTo(post(JSON.stringify({ query: `{ sum(numbers: "${'x'.repeat(5_000)}") }` })));
    expect(body.errors?.[0]?.message.length).toBeLessThan(600);
  });

  test('an operation past its time limit ends with TIMEOUT', async () => {
    expect(await answerTo(post('{"query": "{ slow }"}'))).toMatchObject({ code: 'TIMEOUT' });
  });

  test('a request id is answered, and one that could not stand in a log line replaced', async () => {
    const given = await answerTo(post('{"query": "{ hello }"}', { ...json, 'x-request-id': 'abc-1' }));
    expect(given.headers.get('x-request-id')).toBe('abc-1');
    const odd = await answerTo(post('{"query": "{ hello }"}', { ...json, 'x-request-id': 'a b {}' }));
    expect(odd.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});

describe('WebSocket', () => {
  function open(protocol: string | string[] = 'graphql-transport-ws', path = '/graphql') {
    return new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, protocol);
  }
  const closing = (socket: WebSocket) =>
    new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)).on('error', () => undefined));
  const opened = (socket: WebSocket) => new Promise<void>((resolve) => socket.once('open', resolve));

  test('a connection that says nothing is closed', async () => {
    expect(await closing(open())).toBe(4408);
  });

  test('a message that is no message, or too large, closes its connection and no other', async () => {
    const bystander = open();
    await opened(bystander);
    bystander.send('{"type":"connection_init"}');
    const broken = open();
    await opened(broken);
    broken.send('{"type":');
    expect(await closing(broken)).toBe(4400);
    const twice = open();
    await opened(twice);
    twice.send(JSON.stringify('{"type":"connection_init"}'));
    expect(await closing(twice)).toBe(4400);
    const large = open();
    await opened(large);
    large.send(`{"type":"ping","payload":{"a":"${'x'.repeat(20_000)}"}}`);
    expect(await closing(large)).toBe(1009);
    expect(bystander.readyState).toBe(WebSocket.OPEN);
    bystander.close();
  });

  test('messages that come together are begun in turns of the event loop of their own', async () => {
    let turn = 0;
    const turns: number[] = [];
    const graph = createGraph();
    const executor: SupergraphExecutor = {
      apiSchema: graph.apiSchema,
      supergraphSdl: graph.supergraphSdl,
      execute(operation) {
        turns.push(turn);
        return graph.execute(operation);
      },
      executeIncrementally: (operation) => graph.executeIncrementally(operation),
      subscribe: (operation) => graph.subscribe(operation),
      dispose: () => graph.dispose(),
    };
    const watched = await startGateway({ executor });
    const socket = new WebSocket(watched.graphql.replace('http', 'ws'), 'graphql-transport-ws');
    await opened(socket);
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
    const turnEach = (): void => {
      turn += 1;
      if (turns.length < 20) setImmediate(turnEach);
    };
    turnEach();
    const answered = new Promise<void>((resolve) => {
      let left = 40;
      socket.on('message', () => (left -= 1) === 0 && resolve());
    });
    for (let id = 0; id < 20; id++) {
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: '{ hello }' } }));
    }
    await answered;
    socket.terminate();
    await watched.close();
    expect(new Set(turns).size).toBe(20);
  });

  test('an operation before the connection is acknowledged closes it', async () => {
    const socket = open();
    await opened(socket);
    socket.send('{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}');
    expect(await closing(socket)).toBe(4401);
  });

  test('more operations than allowed are refused on the same connection', async () => {
    const socket = open();
    await opened(socket);
    const refused = new Promise<string>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; id: string };
        if (message.type === 'error') resolve(data.toString());
      });
    });
    socket.send('{"type":"connection_init"}');
    await new Promise((resolve) => socket.once('message', resolve));
    for (let i = 0; i < 4; i += 1) {
      socket.send(`{"id":"${i}","type":"subscribe","payload":{"query":"subscription { endless { number } }"}}`);
    }
    expect(JSON.parse(await refused)).toMatchObject({
      id: '3',
      payload: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'subscriptions', value: 4, maximum: 3 } }],
    });
    socket.close();
  });

  test('an upgrade on another path, or from a page of another origin, is refused', async () => {
    const statusOf = (socket: WebSocket) =>
      new Promise<number>((resolve) =>
        socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0)),
      );
    expect(await statusOf(open('graphql-transport-ws', '/other'))).toBe(404);
    const foreign = new WebSocket(gateway.graphql.replace('http', 'ws'), 'graphql-transport-ws', {
      origin: 'https://evil.test',
    });
    expect(await statusOf(foreign)).toBe(403);
  });
});
