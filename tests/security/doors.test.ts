import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authenticateLocalDeveloper } from '../../subgraphs/kernel/auth/index.js';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import { startGateway, transports, type TestGateway } from './graph/index.js';

/** `fetch` sets some headers itself; this sends what it is given. */
function send(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const introspection = '{ __schema { queryType { name } } }';
const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let leave: () => void;
const left = new Promise<void>((resolve) => (leave = resolve));

/** A text; without end, or one that fails midway, where the id says so. */
async function* thing(id: string): AsyncGenerator<string> {
  yield `thing ${id}`;
  if (id === 'broken') throw new Error('the disk is gone');
  try {
    while (id === 'endless') yield 'x'.repeat(65_536);
  } finally {
    if (id === 'endless') leave();
  }
}

describe('in development', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      allowedOrigins: ['https://app.test'],
      collections: () => [{ title: 'People', document: '# Who <I> am?\nquery Me { whoami }\nquery More { hello }' }],
      readiness: [{ name: 'database', check: () => Promise.resolve() }],
      extraRoutes: [
        {
          method: 'POST',
          path: '/webhooks/test',
          maxBodyBytes: 100,
          async handle({ readBody, headers }) {
            const expected = createHmac('sha256', 'key')
              .update(await readBody())
              .digest('hex');
            if (headers['x-signature'] !== expected)
              throw new RequestError('UNAUTHENTICATED', 'The signature is wrong.');
            return { status: 202, body: { taken: true } };
          },
        },
        {
          method: 'GET',
          path: '/things/:id',
          maxBodyBytes: 0,
          handle: async ({ method, params }) => ({
            status: 200,
            headers: { 'content-type': 'text/plain' },
            ...(method === 'GET' && { body: Readable.from(thing(params['id'] ?? '')) }),
          }),
        },
      ],
    });
  });
  afterAll(() => gateway.close());

  test('a route takes a part of its path, answers a stream as it comes, and HEAD without one', async () => {
    expect(await (await fetch(`${gateway.url}/things/a%2Fb%20c`)).text()).toBe('thing a/b c');
    expect(await (await fetch(`${gateway.url}/things/100%`)).text()).toBe('thing 100%');
    const endless = await fetch(`${gateway.url}/things/endless`);
    await endless.body?.cancel();
    await left;
    expect(gateway.logged).toEqual([]);
    await expect(fetch(`${gateway.url}/things/broken`).then((answer) => answer.text())).rejects.toThrow();
    expect(gateway.logged).toEqual([expect.stringContaining('the disk is gone')]);
    const head = await fetch(`${gateway.url}/things/x`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/things', '/things/', '/things/a/b']) {
      expect([path, (await fetch(`${gateway.url}${path}`)).status]).toEqual([path, 404]);
    }
    const posted = await fetch(`${gateway.url}/things/x`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('a browser gets Sandbox on /graphql, and GraphiQL without any foreign host on /graphiql', async () => {
    const sandbox = await fetch(gateway.graphql, { headers: page });
    expect(await sandbox.text()).toContain('embeddable-sandbox');
    const graphiql = await fetch(`${gateway.url}/graphiql`, { headers: { ...page, 'accept-encoding': 'br' } });
    const policy = graphiql.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'sha256-/);
    expect(policy).not.toMatch(/https?:|unsafe-eval/);
    expect(graphiql.headers.get('content-encoding')).toBe('br');
    const etag = graphiql.headers.get('etag') ?? '';
    expect((await graphiql.text()).length).toBeGreaterThan(1_000_000);
    expect((await fetch(`${gateway.url}/graphiql`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('a browser gets a page without scripts on /, with each question as a link to GraphiQL', async () => {
    const landing = await fetch(gateway.url, { headers: page });
    expect(landing.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const html = await landing.text();
    expect(html).not.toMatch(/<script|https?:|\son\w+=/);
    expect(html).toContain(`<a href="/graphiql?query=${encodeURIComponent('# Who <I> am?\nquery Me { whoami }')}">`);
    expect(html).toContain('Who &#60;I&#62; am?</a>');
  });

  test('a command line that asks nothing is told where everything is', async () => {
    for (const [path, status] of [
      ['/', 200],
      ['/graphql', 400],
    ] as const) {
      const answer = await send(`${gateway.url}${path}`, { accept: '*/*' });
      expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
      for (const named of ['/graphql ', '/graphiql ', '/health/live', '/health/ready', '/metrics']) {
        expect(answer.text).toContain(named);
      }
    }
  });

  test('a request that a foreign page could make is refused', async () => {
    const search = '?query=%7Bhello%7D';
    expect((await send(`${gateway.graphql}${search}`, {})).status).toBe(400);
    expect((await send(`${gateway.graphql}${search}`, { 'apollo-require-preflight': '1' })).status).toBe(200);
    const stream = { accept: 'text/event-stream' };
    expect((await send(`${gateway.graphql}${search}`, { ...stream, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send(`${gateway.graphql}${search}`, { ...stream, origin: 'https://evil.test' })).status).toBe(403);
    expect((await send(`${gateway.graphql}${search}`, { ...stream, 'sec-fetch-site': 'same-origin' })).status).toBe(
      200,
    );
    const post = await send(gateway.graphql, { 'content-type': 'text/plain' }, 'POST', '{"query":"{hello}"}');
    expect(post.status).toBe(415);
  });

  test('a mutation by GET is refused', async () => {
    const search = '?query=mutation%7Btouch%7D';
    expect((await send(`${gateway.graphql}${search}`, { 'apollo-require-preflight': '1' })).status).toBe(405);
    const stream = await send(`${gateway.graphql}${search}`, { accept: 'text/event-stream' });
    expect(stream.text).toContain('A mutation needs a POST');
  });

  test('pages of the origins that were named may read answers, and no others', async () => {
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    const named = await send(gateway.graphql, { origin: 'https://app.test', ...preflight }, 'OPTIONS');
    expect(named).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'https://app.test', 'access-control-allow-headers': 'authorization' },
    });
    const other = await send(gateway.graphql, { origin: 'https://evil.test', ...preflight }, 'OPTIONS');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('other routes get the bytes as they were sent, and answer with the status of their error', async () => {
    const url = `${gateway.url}/webhooks/test`;
    const signature = createHmac('sha256', 'key').update('{"a": 1}').digest('hex');
    expect(await send(url, { 'x-signature': signature }, 'POST', '{"a": 1}')).toMatchObject({
      status: 202,
      text: '{"taken":true}',
    });
    expect((await send(url, { 'x-signature': 'no' }, 'POST', '{"a": 1}')).status).toBe(401);
    expect((await send(url, {}, 'POST', ' '.repeat(200))).status).toBe(413);
    expect((await send(url, {})).status).toBe(405);
  });

  test('health and metrics answer', async () => {
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${gateway.url}/health/ready`)).json()).toEqual({
      status: 'ok',
      checks: { database: 'ok' },
    });
    await transports.POST(gateway, { query: '{ hello boom }' });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/weft_operation_duration_seconds_count\{type="query",outcome="partial"\} 1/);
    expect(metrics).toContain('weft_websocket_connections 0');
  });
});

describe('in production', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const failing = { name: 'database', check: () => Promise.reject(new Error('password wrong')) };
    gateway = await startGateway({ production: true, readiness: [failing] });
  });
  afterAll(() => gateway.close());

  test('the explorer pages are off', async () => {
    for (const path of ['/graphql', '/graphiql']) {
      const response = await fetch(`${gateway.url}${path}`, { headers: page });
      expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining('<html')]);
    }
    const landing = await fetch(gateway.url, { headers: page });
    expect([landing.status, await landing.text()]).toEqual([200, expect.not.stringMatching(/<html|graphiql/)]);
  });

  test('introspection is for authenticated callers, on every transport', async () => {
    const token = await gateway.mint.mint();
    const { GET: _GET, ...others } = transports;
    for (const ask of Object.values(others)) {
      expect((await ask(gateway, { query: introspection })).errors).toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED' } },
      ]);
      expect((await ask(gateway, { query: introspection }, token)).results).toEqual([
        { data: { __schema: { queryType: { name: 'Query' } } } },
      ]);
    }
  });

  test('errors suggest nothing of the schema', async () => {
    for (const ask of [transports.POST, transports.WebSocket, transports['server-sent events']]) {
      const { errors } = await ask(gateway, { query: '{ helo }' });
      expect(errors[0]?.message).toBe('Cannot query field "helo" on type "Query".');
    }
  });

  test('a query by GET is refused, for JSON and for events', async () => {
    expect((await transports.GET(gateway, { query: '{ hello }' })).status).toBe(405);
    const stream = await send(`${gateway.graphql}?query=%7Bhello%7D`, { accept: 'text/event-stream' });
    expect(stream.status).toBe(405);
  });

  test('what is not ready is named, and why stays in the log', async () => {
    const response = await fetch(`${gateway.url}/health/ready`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'unavailable', checks: { database: 'failed' } },
    ]);
    expect(gateway.logged.join('')).toContain('password wrong');
  });

  test('the explorer pages can be brought back, under a content security policy', async () => {
    const explorer = await startGateway({ production: true, explorerPages: true });
    for (const path of ['/graphql', '/graphiql']) {
      const response = await fetch(`${explorer.url}${path}`, { headers: page });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      await response.text();
    }
    await explorer.close();
  });
});

describe('with authentication off', () => {
  test('every caller is the local developer or whoever they say, under a loopback name only', async () => {
    const gateway = await startGateway({ authenticate: authenticateLocalDeveloper(), loopbackOnly: true });
    const { results } = await transports.POST(gateway, { query: '{ whoami payroll }' });
    expect(results).toEqual([{ data: { whoami: 'local-developer', payroll: 'paid' } }]);
    const as = async (user: string): Promise<unknown> => {
      const response = await fetch(gateway.graphql, {
        method: 'POST',
        headers: { 'x-weft-user': user, 'content-type': 'application/json' },
        body: '{"query":"{ whoami payroll }"}',
      });
      return response.json();
    };
    // Several people on one machine, so that what asks for four eyes can be tried.
    for (const user of ['ann', 'bob@example.com'])
      expect(await as(user)).toEqual({ data: { whoami: user, payroll: 'paid' } });
    expect(await as('not a name')).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const rebound = await send(
      gateway.graphql,
      { host: 'evil.test', 'content-type': 'application/json' },
      'POST',
      '{"query":"{hello}"}',
    );
    expect(rebound.status).toBe(403);
    await gateway.close();
  });
});
