import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import WebSocket from 'ws';
import { createSubgraphServer, type RunningServer } from '../../gateway/index.js';
import type { GatewayContext } from '../../gateway/executor/index.js';
import { authenticateBearer } from '../../subgraphs/kernel/auth/index.js';
import { createMint, type TokenMint } from './graph/index.js';

let server: RunningServer;
let url: string;
let mint: TokenMint;

const schema = buildSubgraphSchema([
  {
    typeDefs: parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { whoami: String boom: String }
    type User @key(fields: "id") { id: ID! name: String }
    type Subscription { whoever: String }
  `),
    resolvers: {
      Query: {
        whoami: (_: unknown, __: unknown, context: GatewayContext) => context.identity.subject,
        boom: () => {
          throw new Error('secret');
        },
      },
      User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `user ${id}` }) },
      Subscription: {
        whoever: {
          async *subscribe(_: unknown, __: unknown, context: GatewayContext) {
            yield { whoever: context.identity.subject };
          },
        },
      },
    },
  },
]);

beforeAll(async () => {
  mint = await createMint();
  server = createSubgraphServer({
    name: 'users',
    schema,
    authenticate: authenticateBearer(mint.verifyToken),
    contextFor: (context) => context,
    log: pino({ level: 'silent' }),
  });
  url = `${await server.listen(0)}/graphql`;
});
afterAll(async () => {
  await server.close();
  await mint.close();
});

async function post(body: object, token?: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a subgraph verifies the token that the gateway forwards, again', async () => {
  expect((await post({ query: '{ whoami }' }, await mint.mint({ subject: 'ada' }))).body).toEqual({
    data: { whoami: 'ada' },
  });
  for (const token of Object.values(await mint.badTokens())) {
    expect(await post({ query: '{ whoami }' }, token)).toMatchObject({ status: 401 });
  }
});

test('a fetch of a thousand entities is answered whole', async () => {
  const representations = Array.from({ length: 1_000 }, (_, id) => ({ __typename: 'User', id: String(id) }));
  const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
  const { body } = await post({ query, variables: { r: representations } });
  expect((body as { data: { _entities: unknown[] } }).data._entities[999]).toEqual({ name: 'user 999' });
});

test('the gateway gets the schema, faults are masked, and what is malformed is refused', async () => {
  expect(JSON.stringify((await post({ query: '{ _service { sdl } }' })).body)).toContain('type User');
  expect(JSON.stringify(await post({ query: '{ boom }' }))).not.toContain('secret');
  expect(await post({ query: '{ nope }' })).toMatchObject({ status: 400 });
  expect((await fetch(url)).status).toBe(405);
});

test('subscriptions are answered over WebSocket, for the caller of the token', async () => {
  const authorization = `Bearer ${await mint.mint({ subject: 'eve' })}`;
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
  });
  const events = [];
  for await (const { data } of client.iterate({ query: 'subscription { whoever }' })) events.push(data);
  await client.dispose();
  expect(events).toEqual([{ whoever: 'eve' }]);
});

test('fragments that would unfold without end are refused at a subgraph’s own doors too', async () => {
  const steps = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  const query = `{ ...F0 } ${steps.join(' ')} fragment F40 on Query { whoami }`;
  expect(await post({ query })).toMatchObject({
    body: { errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'expansion' } }] },
  });
});
