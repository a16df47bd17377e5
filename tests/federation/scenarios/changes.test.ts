import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createGatewayMetrics, createGatewayServer, type RunningServer } from '../../../gateway/index.js';
import { defaultLimits } from '../../../gateway/limits/index.js';
import { Operations } from '../../../gateway/server/operations.js';
import { createRequestContext } from '../../../gateway/server/request-context.js';
import { authenticateLocalDeveloper } from '../../../subgraphs/kernel/auth/index.js';
import { parseCursor } from '../../../subgraphs/kernel/events/cursor.js';
import { appendEvents, currentCursor, expireEvents, feedOf } from '../../../subgraphs/kernel/events/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { connectEventStream, connectWebSocket, type Connection } from '../../durability/gateway-chaos/clients.js';
import { untilFollowing } from '../../testkit/feed.js';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { openGraph, type Graph, type Shape } from './graph.js';
import { ids, populate } from './world.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
  await populate(opened.database);
});
afterAll(async () => {
  await settleSealing(opened.database);
  await opened.close();
});

const wallets = 'subscription ($after: String) { changes(types: ["Wallet"], after: $after) { cursor action } }';

describe.each(['in process', 'over HTTP'] satisfies Shape[])('with the subgraphs %s', (shape) => {
  let graph: Graph;
  let server: RunningServer;
  let url: string;
  let start: string;
  const open: Connection[] = [];

  beforeAll(async () => {
    graph = await openGraph(opened.database, shape);
    const log = createLogger({ level: 'silent' });
    server = await createGatewayServer({ executor: graph.executor, authenticate: authenticateLocalDeveloper(), log });
    url = `${await server.listen(0)}/graphql`;
  });
  beforeEach(async () => void (start = await currentCursor(opened.database)));
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()));
    await server.close();
    await graph.close();
  });

  function follow(query: string, after: string, connect = connectWebSocket): AsyncIterableIterator<any> {
    const connection = connect(url);
    open.push(connection);
    return connection.iterate({ query, variables: { after } });
  }

  async function credit(amount: number): Promise<void> {
    const input = `{ accountId: "${ids.account}", amount: ${amount}, reason: "bonus" }`;
    const { result } = await graph.ask(`mutation { walletCredit(input: ${input}) { userErrors { message } } }`);
    expect(result).toEqual({ data: { walletCredit: { userErrors: [] } } });
  }

  test.each([
    ['WebSocket', connectWebSocket],
    ['server-sent events', connectEventStream],
  ] as const)('over %s a change leads from the platform into every domain', async (_, connect) => {
    const changes = follow(
      `subscription ($after: String) { changes(types: ["Wallet"], after: $after) { type action node {
        auditTrail(first: 1) { nodes { action user } }
        ... on Wallet { account { githubLogin user { displayLogin connectedRepositories { nodes { gitUrl } } } } } } } }`,
      start,
      connect,
    );
    await credit(1);
    expect((await changes.next()).value).toEqual({
      data: {
        changes: {
          type: 'Wallet',
          action: 'walletCredited',
          node: {
            auditTrail: { nodes: [{ action: 'walletCredited', user: 'local-developer' }] },
            account: {
              githubLogin: 'jana-novak',
              user: {
                displayLogin: 'Jana-Novak',
                connectedRepositories: { nodes: [{ gitUrl: 'https://git.example.com/acme/api.git' }] },
              },
            },
          },
        },
      },
    });
  });

  test('a browser’s event source takes the stream up after the last id that it has', async () => {
    await credit(1);
    await credit(2);
    const idsAfter = async (lastEventId: string): Promise<string[]> => {
      const giveUp = new AbortController();
      const query = 'subscription { changes(types: ["Wallet"]) { node { ... on Wallet { id } } } }';
      const headers = { accept: 'text/event-stream', 'last-event-id': lastEventId };
      const stream = await fetch(`${url}?${new URLSearchParams({ query })}`, { headers, signal: giveUp.signal });
      let text = '';
      for await (const part of stream.body ?? []) {
        text += new TextDecoder().decode(part);
        if (text.includes('data: {"data"')) break;
      }
      giveUp.abort();
      return [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '');
    };
    const [first] = await idsAfter(start);
    const [second] = await idsAfter(first ?? '');
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    const resumed = follow(wallets, first ?? '');
    expect((await resumed.next()).value.data.changes.cursor).toBe(second);
  });

  test('a cursor that is none, or too old, is told without a word of faults, and ends nobody else’s stream', async () => {
    const bystander = follow(wallets, start);
    await credit(1);
    expect((await bystander.next()).value.data.changes).toMatchObject({ action: 'walletCredited' });

    const refused = await follow(wallets, 'nonsense').next();
    expect(refused.value.errors).toEqual([
      expect.objectContaining({ path: ['changes'], extensions: { code: 'CURSOR_INVALID' } }),
    ]);
    const waiting = bystander.next();
    await credit(2);
    expect((await waiting).value.data.changes).toMatchObject({ action: 'walletCredited' });

    await expireEvents(opened.database, new Date(Date.now() + 60_000));
    const expired = await follow(wallets, start, connectEventStream).next();
    expect(expired.value.errors).toEqual([
      expect.objectContaining({ path: ['changes'], extensions: { code: 'CURSOR_EXPIRED' } }),
    ]);
  });

  test('a type that does not exist is refused', async () => {
    const query = 'subscription { changes(types: ["Unicorn"]) { cursor } }';
    const { value } = await follow(query, '').next();
    expect(value.errors).toEqual([
      expect.objectContaining({
        message: 'There are no entities of type Unicorn.',
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    ]);
  });
});

test('a subscriber that does not read is told where to go on, and going on misses nothing', async () => {
  const graph = await openGraph(opened.database, 'in process');
  const operations = new Operations({
    executor: graph.executor,
    limits: defaultLimits,
    trustedDocuments: null,
    anonymousIntrospection: true,
    timeLimitMilliseconds: 10_000,
    metrics: createGatewayMetrics({ process: false }),
  });
  const identity = await authenticateLocalDeveloper()(undefined);
  const context = createRequestContext({ requestId: 'slow', headers: {}, identity });
  const subscribe = async (after: string): Promise<AsyncIterableIterator<any>> => {
    const query = `subscription { changes(after: "${after}", actions: ["flooded"]) { entityId } }`;
    const operation = operations.admit({ query }, identity);
    if (!('type' in operation)) throw new Error(JSON.stringify(operation));
    return (await operations.subscribe(operation, context)) as AsyncIterableIterator<any>;
  };
  const flood = (first: number, count: number) =>
    opened.database.transaction((tx) =>
      appendEvents(
        tx,
        Array.from({ length: count }, (_, n) => ({ type: 'Wallet', id: `Wallet:${first + n}`, action: 'flooded' })),
      ),
    );

  const feed = feedOf(opened.database);
  let stream = await subscribe(await currentCursor(opened.database));
  const received: string[] = [];
  // One that is still catching up waits for nobody: it has to be live.
  const first = stream.next();
  await untilFollowing(opened.database);
  await flood(0, 1);
  received.push((await first).value.data.changes.entityId);
  for (let next = 1; next <= 3_001; next += 1_000) await flood(next, 1_000);
  const end = parseCursor(await currentCursor(opened.database));
  while (feed.position < end) await new Promise(setImmediate);

  let told = 0;
  while (received.length <= 4_000) {
    const { value } = await stream.next();
    if (value.errors === undefined) received.push(value.data.changes.entityId);
    else {
      told += 1;
      expect(value.errors).toMatchObject([{ extensions: { code: 'SLOW_CONSUMER', cursor: expect.any(String) } }]);
      stream = await subscribe(value.errors[0].extensions.cursor);
    }
  }
  await stream.return?.();
  await graph.close();
  expect(told).toBe(1);
  expect(received).toEqual(Array.from({ length: 4_001 }, (_, n) => `Wallet:${n}`));
});
