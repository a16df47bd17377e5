import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { connectToGraph } from './connect.js';

const open: Server[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

/** A server that notes what it was sent. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: { readonly path: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url, authorization: request.headers.authorization });
    answer(request.resume(), response);
  }).listen(0, '127.0.0.1');
  open.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const ask = async (url: string) => {
  const client = await connectToGraph({
    config: loadConfig({}),
    log: createLogger({ level: 'silent' }),
    url,
    token: 'the-token',
  });
  return client.request<{ a: number }>('{ a }', {});
};

const json = (response: ServerResponse, value: unknown, status = 200): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

describe('a scan over a gateway', () => {
  test('asks at /graphql when the address has no path of its own, with the token', async () => {
    const gateway = await serve((_request, response) => json(response, { data: { a: 1 } }));
    expect(await ask(gateway.url)).toEqual({ a: 1 });
    expect(await ask(`${gateway.url}/api/graph`)).toEqual({ a: 1 });
    expect(gateway.seen).toEqual([
      { path: '/graphql', authorization: 'Bearer the-token' },
      { path: '/api/graph', authorization: 'Bearer the-token' },
    ]);
  });

  test('a refusal for want of a token names the variable that takes one', async () => {
    const extensions = { code: 'UNAUTHENTICATED' };
    const gateway = await serve((_request, response) =>
      json(response, { errors: [{ message: 'Sign in.', extensions }] }),
    );
    await expect(ask(gateway.url)).rejects.toThrow('The graph refused: Sign in. Put a token into WEFT_TOKEN.');
  });

  test.each([301, 302, 303, 307, 308])(
    'follows no redirect (%s): files and token go where they were sent',
    async (status) => {
      const elsewhere = await serve((_request, response) => json(response, { data: { a: 1 } }));
      const gateway = await serve(
        (_request, response) => void response.writeHead(status, { location: `${elsewhere.url}/graphql` }).end(),
      );
      await expect(ask(gateway.url)).rejects.toThrow(
        `${gateway.url}/graphql redirects to ${elsewhere.url}/graphql: give that address if you trust it.`,
      );
      expect(elsewhere.seen).toEqual([]);
    },
  );

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'graph', 'http://ann:hunter2@127.0.0.1:4000'])(
    'refuses the address %s, and repeats no password',
    async (url) => {
      const refusal = await ask(url).catch((error: unknown) => error as Error);
      expect(refusal).toBeInstanceOf(StartupError);
      expect((refusal as Error).message).toMatch(/^--url must be an http or https address without a user/);
      expect((refusal as Error).message).not.toContain('hunter2');
    },
  );

  test.each([[{}], [[]], ['text'], [{ data: null }]])('says that %j is no answer of a graph', async (answer) => {
    const gateway = await serve((_request, response) => json(response, answer, 200));
    await expect(ask(gateway.url)).rejects.toThrow(
      `${gateway.url}/graphql answered 200 and nothing of a graph: is it a GraphQL endpoint?`,
    );
  });

  test('shows what was refused, without what a terminal would obey', async () => {
    const gateway = await serve((_request, response) =>
      json(response, { errors: [{ message: 'Sign in \u001b[2Jfirst.' }] }, 401),
    );
    await expect(ask(gateway.url)).rejects.toThrow('The graph refused: Sign in �[2Jfirst.');
  });
});
