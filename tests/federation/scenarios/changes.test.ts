import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createGatewayMetrics, createGatewayServer, type RunningServer } from '../../../gateway/index.js';
import { defaultLimits } from '../../../gateway/limits/index.js';
import { Operations } from '../../../gateway/server/operations/operations.js';
import { createRequestContext } from '../../../gateway/server/http/request-context.js';
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

describe.each(['in process', 'over HTTP'] satisfies Shape[])('a flood, with the subgraphs %s', (shape) => {
  let graph: Graph;
  beforeAll(async () => void (graph = await openGraph(opened.database, shape)));
  afterAll(() => graph.close());

  const flooded = (count: number) => Array.from({ length: count }, (_, n) => `Wallet:${n}`);
  async function flood(first: number, count: number): Promise<void> {
    const flooding = flooded(first + count).slice(first);
    await opened.database.transaction((tx) =>
      appendEvents(
        tx,
        flooding.map((id) => ({ type: 'Wallet', id, action: 'flooded' })),
      ),
    );
  }
  const query = 'subscription ($after: String) { changes(after: $after, actions: ["flooded"]) { entityId } }';

  test('is read later by a subscriber that asks later: it is told nothing, and misses nothing', async () => {
    const operations = new Operations({
      executor: graph.executor,
      limits: defaultLimits,
      trustedDocuments: null,
      anonymousIntrospection: true,
      timeLimitMilliseconds: 10_000,
      metrics: createGatewayMetrics({ process: false }),
    });
    const identity = await authenticateLocalDeveloper()(undefined);
    const context = createRequestContext({ requestId: 'late', headers: {}, identity });
    const variables = { after: await currentCursor(opened.database) };
    const operation = operations.admit({ query, variables }, identity);
    if (!('type' in operation)) throw new Error(JSON.stringify(operation));
    const stream = (await operations.subscribe(operation, context)) as AsyncIterableIterator<any>;
    // One that is still catching up waits for nobody: it has to be live.
    const first = stream.next();
    await untilFollowing(opened.database);
    await flood(0, 1);
    const received = [(await first).value];
    for (let next = 1; next <= 2_001; next += 1_000) await flood(next, 1_000);
    const feed = feedOf(opened.database);
    const end = parseCursor(await currentCursor(opened.database));
    while (feed.position < end) await new Promise(setImmediate);
    while (received.length < 3_001) received.push((await stream.next()).value);
    await stream.return?.();
    expect(received).toEqual(flooded(3_001).map((entityId) => ({ data: { changes: { entityId } } })));
  });

  test.each([
    ['WebSocket', connectWebSocket],
    ['server-sent events', connectEventStream],
  ] as const)('reaches a prompt subscriber over %s in order, however busy the process is', async (_, connect) => {
    const log = createLogger({ level: 'silent' });
    const { executor } = graph;
    const server = await createGatewayServer({ executor, authenticate: authenticateLocalDeveloper(), log });
    const connection = connect(`${await server.listen(0)}/graphql`);
    const changes = connection.iterate({ query, variables: { after: await currentCursor(opened.database) } });
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const event of changes) if (received.push(event) === 2_000) break;
    })();
    await untilFollowing(opened.database);
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (let next = 0; next < 2_000; next += 500) {
      await flood(next, 500);
      Atomics.wait(cell, 0, 0, 50);
    }
    await reading;
    await connection.close();
    await server.close();
    expect(received).toEqual(flooded(2_000).map((entityId) => ({ data: { changes: { entityId } } })));
  });
});
