import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createContext } from '../../tests/conformance/compose-fixture.js';
import { bodyOf, closeServer, listen } from '../../tests/conformance/http-subgraphs.js';
import type { GatewayContext, SubgraphRequest } from '../executor/types.js';
import { createHttpTransport, type HttpTransportOptions } from './http.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serve(handler: Handler): Promise<string> {
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => handler(request, response, body));
  });
  closing.push(() => closeServer(server));
  return listen(server);
}

function connect(url: string, options: Partial<HttpTransportOptions> = {}) {
  const transport = createHttpTransport({ name: 'books', url, ...options });
  closing.push(() => transport.dispose());
  return transport;
}

function toRequest(text: string, context: Partial<GatewayContext> = {}): SubgraphRequest {
  const operationType = text.startsWith('mutation') ? 'mutation' : 'query';
  const document = parse(text);
  return {
    subgraph: 'books',
    operationType,
    text,
    document,
    operationName: undefined,
    variables: { first: 2 },
    shareable: false,
    context: createContext({ requestId: 'r-1', ...context }),
  };
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe('a subgraph over HTTP', () => {
  test('is sent the query and variables, the authorization and the request id, and no other header of the caller', async () => {
    let seen: { headers: IncomingMessage['headers']; body: unknown } | undefined;
    const url = await serve((request, response, body) => {
      seen = { headers: request.headers, body: JSON.parse(body) };
      json(response, 200, { data: { a: 1 } });
    });
    const headers = { authorization: 'Bearer t', cookie: 'session=1' };
    expect(await connect(url).execute(toRequest('{ a }', { headers }))).toEqual({ data: { a: 1 } });
    expect(seen?.body).toEqual({ query: '{ a }', variables: { first: 2 } });
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer t', 'x-request-id': 'r-1' });
    expect(seen?.headers['cookie']).toBeUndefined();
  });

  test('is asked again after 503 and after a broken connection, and its answer counts', async () => {
    let attempts = 0;
    const url = await serve((request, response) => {
      attempts += 1;
      if (attempts === 1) json(response, 503, {});
      else if (attempts === 2) request.socket.destroy();
      else json(response, 200, { data: { a: attempts } });
    });
    expect(await connect(url).execute(toRequest('{ a }'))).toEqual({ data: { a: 3 } });
  });

  test('is never asked a mutation twice', async () => {
    let attempts = 0;
    const url = await serve((request) => {
      attempts += 1;
      request.socket.destroy();
    });
    await expect(connect(url).execute(toRequest('mutation { a }'))).rejects.toMatchObject({
      code: 'SUBGRAPH_UNAVAILABLE',
    });
    expect(attempts).toBe(1);
  });

  test('that takes longer than the time limit is TIMEOUT, by name', async () => {
    const url = await serve(() => {});
    const answer = connect(url, { timeoutMilliseconds: 50 }).execute(toRequest('{ a }'));
    await expect(answer).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'The subgraph books did not answer within 50 ms.',
    });
  });

  test('is left when the caller goes away', async () => {
    const controller = new AbortController();
    let isGone: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (isGone = resolve));
    const url = await serve((request) => {
      request.socket.once('close', () => isGone?.());
      controller.abort();
    });
    const answer = connect(url).execute(toRequest('{ a }', { signal: controller.signal }));
    await expect(answer).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    await gone;
  });

  test('that answers more than the limit, no JSON, or JSON of another kind is unavailable, and the log says why', async () => {
    const bodies = ['<html>', '[]', '"x"', '{}', '{"errors":[]}', JSON.stringify({ data: 'x'.repeat(500) })];
    const url = await serve((_, response, body) => {
      const { query } = JSON.parse(body) as { query: string };
      response.writeHead(200, { 'content-type': 'text/html' }).end(bodies[Number(/\d+/.exec(query)?.[0])]);
    });
    const transport = connect(url, { maxAnswerBytes: 400 });
    const reasons: unknown[] = [];
    for (let i = 0; i < bodies.length; i++) {
      try {
        await transport.execute(toRequest(`{ a${i} }`));
      } catch (error) {
        reasons.push((error as { internal: string }).internal);
      }
    }
    const notGraphQL = 'it answered 200 with JSON that is not a GraphQL response';
    expect(reasons).toEqual([
      'it answered 200 with text/html, which is not JSON',
      notGraphQL,
      notGraphQL,
      notGraphQL,
      notGraphQL,
      'the answer exceeds 400 bytes',
    ]);
  });

  test('may give GraphQL errors with any status', async () => {
    const url = await serve((_, response) => json(response, 400, { errors: [{ message: 'no' }] }));
    expect(await connect(url).execute(toRequest('{ a }'))).toEqual({ errors: [{ message: 'no' }] });
  });

  test('is never asked more at a time than it has connections, and nothing waits without bound', async () => {
    let running = 0;
    let most = 0;
    const url = await serve((_, response) => {
      running += 1;
      most = Math.max(most, running);
      setImmediate(() => {
        running -= 1;
        json(response, 200, { data: { a: 1 } });
      });
    });
    const transport = connect(url, { maxConnections: 3, maxPending: 10 });
    const answers = await Promise.allSettled(
      Array.from({ length: 12 }, async () => transport.execute(toRequest('{ a }'))),
    );
    expect(most).toBeLessThanOrEqual(3);
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(2);
  });

  test('without a URL of HTTP is refused at start', () => {
    expect(() => createHttpTransport({ name: 'books', url: 'ftp://x' })).toThrow(/The subgraph books has no URL/);
  });
});
