import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sendJson } from '../../tests/testkit/answer.js';
import { SubgraphsUp } from './subgraphs-up.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: (response: ServerResponse) => void, port = 0): Promise<{ url: string; stop(): void }> {
  const server = createServer((_request, response) => answer(response));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return { url, stop: () => server.close().closeAllConnections() };
}

const well = (response: ServerResponse): void => sendJson(response, 200, { data: { __typename: 'Query' } });

describe('a gateway’s subgraphs', () => {
  test('are up once each has answered, and stay so when one is gone or another one comes', async () => {
    const up = new SubgraphsUp({ roundMs: 0 });
    await expect(up.check()).rejects.toThrow('any subgraph');
    const here = await serve(well);
    const late = await serve(well);
    late.stop();
    up.expect([
      { name: 'here', url: here.url },
      { name: 'late', url: late.url },
    ]);
    await expect(up.check()).rejects.toThrow('no answer yet from late');
    here.stop();
    await serve(well, Number(new URL(late.url).port));
    await up.check();
    up.expect([{ name: 'new', url: here.url }]);
    await up.check();
  });

  test.each([
    ['refuses an unknown caller', (r: ServerResponse) => sendJson(r, 401, { errors: [{ message: 'no' }] }), true],
    ['is out of order', (r: ServerResponse) => sendJson(r, 503, { errors: [{ message: 'no' }] }), false],
    ['is no graph', (r: ServerResponse) => r.end('<html>'), false],
    ['says nothing', () => undefined, false],
  ])('one that %s', async (_name, answer, isUp) => {
    const up = new SubgraphsUp({ timeoutMs: 100, roundMs: 0 });
    up.expect([{ name: 'one', url: (await serve(answer)).url }]);
    expect(
      await up.check().then(
        () => true,
        () => false,
      ),
    ).toBe(isUp);
  });

  test('are asked once for all who want to know at the same time, and soon after', async () => {
    let asked = 0;
    const { url } = await serve((response) => {
      asked += 1;
      sendJson(response, 503, {});
    });
    const up = new SubgraphsUp();
    up.expect([{ name: 'one', url }]);
    await Promise.allSettled([up.check(), up.check()]);
    await expect(up.check()).rejects.toThrow('one');
    expect(asked).toBe(1);
  });
});
