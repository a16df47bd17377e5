import { describe, expect, test } from '@jest/globals';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

const users: Record<string, { id: string; name: string | null }> = {
  u1: { id: 'u1', name: 'Ada' },
  u2: { id: 'u2', name: null },
};

describe('entities', () => {
  const fixtures: SubgraphFixtures = {
    users: {
      typeDefs: `type Query { users: [User] user(id: ID!): User }
        type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String }`,
      resolvers: {
        Query: {
          users: () => [users['u1'], null, users['u2'], users['u1']],
          user: (_: unknown, { id }: { id: string }) => users[id] ?? null,
        },
        User: {
          email: ({ id }: { id: string }) => `${id}@example.org`,
          __resolveReference: ({ id, email }: { id?: string; email?: string }) =>
            users[id ?? email?.split('@')[0] ?? ''] ?? null,
        },
      },
    },
    posts: {
      typeDefs: `type Query { latest: [Post!]! ghosts: [Ghost] }
        type Post @key(fields: "id") { id: ID! title: String! author: User }
        type User @key(fields: "id") { id: ID! posts: [Post!]! }
        type Ghost { user: User }`,
      resolvers: {
        Query: {
          latest: () => [
            { id: 'p1', title: 'One', author: { id: 'u1' } },
            { id: 'p2', title: 'Two', author: { id: 'gone' } },
            { id: 'p3', title: 'Three', author: null },
          ],
          ghosts: () => [{ user: { id: 'gone' } }],
        },
        User: { posts: ({ id }: { id: string }) => [{ id: `p-${id}`, title: `By ${id}` }] },
      },
    },
    mail: {
      typeDefs: `type Query { inbox: [Message] }
        type Message { from: User }
        type User @key(fields: "email") { email: String! }`,
      resolvers: { Query: { inbox: () => [{ from: { email: 'u1@example.org' } }] } },
    },
  };

  test('a field of another subgraph is found by the key, each different entity asked for once', async () => {
    const sent: unknown[] = [];
    const executor = createFixtureExecutor(fixtures, {
      wrap: (transport, name) => ({
        ...transport,
        execute(request) {
          if (name === 'posts') sent.push(request.variables?.['representations']);
          return transport.execute(request);
        },
      }),
    });
    const post = (id: string) => ({ posts: [{ title: `By ${id}` }] });
    expect(await query(executor, '{ users { posts { title } } }')).toEqual({
      data: { users: [post('u1'), null, post('u2'), post('u1')] },
    });
    expect(sent).toEqual([
      [
        { __typename: 'User', id: 'u1' },
        { __typename: 'User', id: 'u2' },
      ],
    ]);
  });

  test('one key leads to another: by e-mail to the id, by the id to the posts', async () => {
    const executor = createFixtureExecutor(fixtures);
    expect(await query(executor, '{ inbox { from { name posts { id } } } }')).toEqual({
      data: { inbox: [{ from: { name: 'Ada', posts: [{ id: 'p-u1' }] } }] },
    });
  });

  test('an entity that its owner does not know keeps its key, and its nullable fields are null without an error', async () => {
    const executor = createFixtureExecutor(fixtures);
    expect(await query(executor, '{ latest { author { id name } } }')).toEqual({
      data: {
        latest: [{ author: { id: 'u1', name: 'Ada' } }, { author: { id: 'gone', name: null } }, { author: null }],
      },
    });
  });

  test('a non-null field of a missing entity nulls its parent, with the one error that a single schema would give', async () => {
    const executor = createFixtureExecutor(fixtures);
    const result = await query(executor, '{ ghosts { user { email } } latest { id } }');
    expect(result.data).toEqual({ ghosts: [{ user: null }], latest: [{ id: 'p1' }, { id: 'p2' }, { id: 'p3' }] });
    expect(result.errors).toMatchObject([
      {
        message: 'Cannot return null for non-nullable field User.email.',
        path: ['ghosts', 0, 'user', 'email'],
        extensions: { code: 'NOT_FOUND' },
      },
    ]);
  });

  test('a nested key is sent whole, and not at all when half of it is null', async () => {
    const seen: unknown[] = [];
    const executor = createFixtureExecutor({
      shop: {
        typeDefs: `type Query { lines: [Line] }
          type Line @key(fields: "product { sku } unit") { product: Product unit: String }
          type Product @shareable { sku: String }`,
        resolvers: {
          Query: {
            lines: () => [
              { product: { sku: 'a' }, unit: 'kg' },
              { product: { sku: null }, unit: 'kg' },
              { product: null, unit: 'g' },
            ],
          },
        },
      },
      prices: {
        typeDefs: `type Line @key(fields: "product { sku } unit") { product: Product unit: String cents: Int }
          type Product @shareable { sku: String }`,
        resolvers: {
          Line: {
            __resolveReference: (line: unknown) => seen.push(line) && line,
            cents: ({ product, unit }: { product: { sku: string }; unit: string }) => product.sku.length + unit.length,
          },
        },
      },
    });
    expect(await query(executor, '{ lines { cents } }')).toEqual({
      data: { lines: [{ cents: 3 }, { cents: null }, { cents: null }] },
    });
    expect(seen).toEqual([{ __typename: 'Line', product: { sku: 'a' }, unit: 'kg' }]);
  });

  test('two values never pass for one entity, whatever separators they hold', async () => {
    const ids = ['a"1:b', 'a', '"1:b', '1', 'x=1:1'];
    const executor = createFixtureExecutor({
      one: {
        typeDefs: `type Query { pairs: [Pair] } type Pair @key(fields: "a b") { a: ID! b: ID! }`,
        resolvers: { Query: { pairs: () => ids.flatMap((a) => ids.map((b) => ({ a, b }))) } },
      },
      two: {
        typeDefs: `type Pair @key(fields: "a b") { a: ID! b: ID! joined: String }`,
        resolvers: { Pair: { joined: ({ a, b }: { a: string; b: string }) => JSON.stringify([a, b]) } },
      },
    });
    const result = await query(executor, '{ pairs { a b joined } }');
    for (const { a, b, joined } of result.data?.['pairs'] as { a: string; b: string; joined: string }[]) {
      expect(joined).toBe(JSON.stringify([a, b]));
    }
  });
});
