import { composeServices } from '@apollo/composition';
import { describe, expect, test } from '@jest/globals';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Item {
  readonly id: string;
  readonly [field: string]: unknown;
}

describe('@requires', () => {
  const fixtures: SubgraphFixtures = {
    base: {
      typeDefs: `type Query { items: [Item] }
        type Item @key(fields: "id") { id: ID! weight: Int box: Box secret: String @inaccessible }
        type Box { inner: Inner } type Inner { width: Int }`,
      resolvers: {
        Query: {
          items: () => [
            { id: '1', weight: 2, box: { inner: { width: 7 } }, secret: 'abc' },
            { id: '2', weight: null, box: null, secret: null },
          ],
        },
        Item: { __resolveReference: ({ id }: Item) => ({ id, weight: id === '1' ? 2 : null, secret: 'abc' }) },
      },
    },
    shipping: {
      typeDefs: `type Item @key(fields: "id") {
          id: ID! weight: Int @external secret: String @external box: Box @external
          cost(zone: Int = 1): Int @requires(fields: "weight")
          volume: Int @requires(fields: "box { inner { width } }")
          label: String @requires(fields: "secret")
        }
        type Box @external { inner: Inner } type Inner @external { width: Int }`,
      resolvers: {
        Item: {
          cost: ({ weight }: Item, { zone }: { zone: number }) => (weight === null ? null : (weight as number) * zone),
          volume: ({ box }: Item) => (box as { inner: { width: number } } | null)?.inner.width ?? null,
          label: ({ secret }: Item) => (secret === null ? null : `*${String(secret)}*`),
        },
      },
    },
    tax: {
      typeDefs: `type Item @key(fields: "id") { id: ID! cost: Int @external tax: Int @requires(fields: "cost") self: Item }`,
      resolvers: {
        Item: {
          tax: ({ cost }: Item) => (cost === null ? null : (cost as number) + 100),
          self: ({ id }: Item) => ({ id }),
        },
      },
    },
  };
  const chained: SubgraphFixtures = {
    ...fixtures,
    shipping: {
      typeDefs: fixtures['shipping']!.typeDefs.replace('cost(zone: Int = 1)', 'zoned(zone: Int = 1)').replace(
        'volume:',
        'cost: Int @requires(fields: "weight") volume:',
      ),
      resolvers: {
        Item: {
          ...(fixtures['shipping']!.resolvers['Item'] as object),
          zoned: ({ weight }: Item, { zone }: { zone: number }) => (weight === null ? null : (weight as number) * zone),
          cost: ({ weight }: Item) => (weight === null ? null : (weight as number) * 10),
        },
      },
    },
  };

  test('what a field requires is fetched first, nested and inaccessible fields too, and null is sent as null', async () => {
    const executor = createFixtureExecutor(chained);
    expect(await query(executor, '{ items { zoned(zone: 3) volume label } }')).toEqual({
      data: {
        items: [
          { zoned: 6, volume: 7, label: '*abc*' },
          { zoned: null, volume: null, label: null },
        ],
      },
    });
  });

  test('the same field twice with different arguments keeps both answers', async () => {
    const executor = createFixtureExecutor(chained);
    expect(await query(executor, '{ items { a: zoned(zone: 1) b: zoned(zone: 2) zoned } }')).toEqual({
      data: {
        items: [
          { a: 2, b: 4, zoned: 2 },
          { a: null, b: null, zoned: null },
        ],
      },
    });
  });

  test('a required field that itself requires another is a chain of fetches', async () => {
    const executor = createFixtureExecutor(chained);
    expect(await query(executor, '{ items { tax } }')).toEqual({ data: { items: [{ tax: 120 }, { tax: null }] } });
  });

  test('a field that requires others is answered below an entity of its own subgraph, where the planner gives up', async () => {
    const executor = createFixtureExecutor(chained);
    expect(await query(executor, '{ items { self { self { tax id } tax } } }')).toEqual({
      data: {
        items: [
          { self: { self: { tax: 120, id: '1' }, tax: 120 } },
          { self: { self: { tax: null, id: '2' }, tax: null } },
        ],
      },
    });
  });

  test('an error of a required field is said where the response ends, and names nothing inaccessible', async () => {
    const executor = createFixtureExecutor({
      ...chained,
      base: {
        ...chained['base']!,
        resolvers: {
          Query: { items: () => [{ id: '1' }] },
          Item: {
            secret: () => {
              throw new Error('secret: connection to 10.0.0.1 failed');
            },
          },
        },
      },
    });
    const result = await query(executor, '{ items { label } }');
    expect(result.data).toEqual({ items: [{ label: null }] });
    expect(result.errors).toMatchObject([{ message: 'Internal error.', path: ['items', 0] }]);
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});

describe('@provides', () => {
  const fetched: string[] = [];
  const executor = createFixtureExecutor(
    {
      catalog: {
        typeDefs: `type Query { books: [Book] } type Book @key(fields: "id") { id: ID! title: String @shareable pages: Int }`,
        resolvers: {
          Query: { books: () => [] },
          Book: { __resolveReference: ({ id }: Item) => ({ id, title: 'from catalog', pages: 9 }) },
        },
      },
      shelf: {
        typeDefs: `type Query { shelf: Shelf } type Shelf { best: Book @provides(fields: "title") any: Book }
          type Book @key(fields: "id") { id: ID! title: String @external }`,
        resolvers: { Query: { shelf: () => ({ best: { id: '1', title: 'from shelf' }, any: { id: '1' } }) } },
      },
    },
    {
      wrap: (transport, name) => ({
        ...transport,
        execute: (request) => (fetched.push(name), transport.execute(request)),
      }),
    },
  );

  test('a provided field is taken on that path alone', async () => {
    expect(await query(executor, '{ shelf { best { title } } }')).toEqual({
      data: { shelf: { best: { title: 'from shelf' } } },
    });
    expect(fetched).toEqual(['shelf']);
    expect(await query(executor, '{ shelf { any { title } best { title pages } } }')).toEqual({
      data: { shelf: { any: { title: 'from catalog' }, best: { title: 'from shelf', pages: 9 } } },
    });
  });
});

describe('@override', () => {
  const executor = createFixtureExecutor({
    old: {
      typeDefs: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! whole: String percent: String labelled: String }`,
      resolvers: { Query: { thing: () => ({ id: '1', whole: 'old', percent: 'old', labelled: 'old' }) } },
    },
    new: {
      typeDefs: `type Thing @key(fields: "id") { id: ID!
        whole: String @override(from: "old")
        percent: String @override(from: "old", label: "percent(25)")
        labelled: String @override(from: "old", label: "release-7") }`,
      resolvers: {
        Thing: { __resolveReference: ({ id }: Item) => ({ id, whole: 'new', percent: 'new', labelled: 'new' }) },
      },
    },
  });
  const source = '{ thing { whole percent labelled } }';
  const answer = async (context: { overridePercentage?: number; overrideLabels?: string[] }) =>
    (await query(executor, source, { context })).data?.['thing'];

  test('an overridden field comes from its new owner', async () => {
    expect(await answer({ overridePercentage: 99 })).toEqual({ whole: 'new', percent: 'old', labelled: 'old' });
  });

  test('a percentage moves the requests below it, a label those that have it', async () => {
    expect(await answer({ overridePercentage: 24.9 })).toEqual({ whole: 'new', percent: 'new', labelled: 'old' });
    expect(await answer({ overridePercentage: 25, overrideLabels: ['release-7', 'unknown'] })).toEqual({
      whole: 'new',
      percent: 'old',
      labelled: 'new',
    });
  });

  test('without a percentage of its own each request draws one', async () => {
    const drawn = new Set<unknown>();
    for (let i = 0; i < 200; i++) drawn.add(((await answer({})) as { percent: string }).percent);
    expect(drawn).toEqual(new Set(['old', 'new']));
  });
});

describe('@provides with __typename', () => {
  const sent: string[] = [];
  const provides = (fields: string): SubgraphFixtures => ({
    feed: {
      typeDefs: `type Query { feed: [Post!]! @provides(fields: "${fields}") named: [Post!]! @provides(fields: "author { name }") media: [Media!]! @provides(fields: "... on Clip { title }") }
        type Post @key(fields: "id") { id: ID! author: Author @external }
        type Author @key(fields: "id") { id: ID! name: String @external }
        union Media = Clip | Song
        type Clip @key(fields: "id") { id: ID! title: String @external } type Song @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          feed: () => [{ id: 'p', author: { id: 'u', name: 'from feed' } }],
          media: () => [
            { __typename: 'Clip', id: 'c', title: 'from feed' },
            { __typename: 'Song', id: 's' },
          ],
        },
      },
    },
    main: {
      typeDefs: `type Post @key(fields: "id") { id: ID! author: Author @shareable }
        type Author @key(fields: "id") { id: ID! name: String @shareable age: Int }
        type Clip @key(fields: "id") { id: ID! title: String @shareable } type Song @key(fields: "id") { id: ID! title: String }`,
      resolvers: {
        Post: { author: () => ({ id: 'u', name: 'from main', age: 3 }) },
        Author: { name: () => 'from main', age: () => 3 },
        Clip: { title: () => 'from main' },
        Song: { title: () => 'from main' },
      },
    },
  });

  test.each([
    [
      'author { __typename name }',
      '{ feed { author { __typename name } } }',
      { __typename: 'Author', name: 'from feed' },
      0,
    ],
    ['author { __typename name }', '{ feed { author { __typename } } }', { __typename: 'Author' }, 0],
    ['author { __typename }', '{ feed { author { __typename } } }', { __typename: 'Author' }, 0],
    ['author { __typename }', '{ feed { author { name } } }', { name: 'from main' }, 1],
    ['author { name }', '{ feed { author { __typename name } } }', { __typename: 'Author', name: 'from feed' }, 0],
    ['author { name }', '{ feed { author { t: __typename } } }', { t: 'Author' }, 0],
    [
      'author { name }',
      '{ feed { author { __typename name age } } }',
      { __typename: 'Author', name: 'from feed', age: 3 },
      1,
    ],
  ])('provided "%s", %s asks another subgraph only for what is not there', async (fields, source, author, fetches) => {
    const executor = createFixtureExecutor(provides(fields), {
      compose: composeServices,
      wrap: (transport, name) => ({
        ...transport,
        execute: (request) => (sent.push(name), transport.execute(request)),
      }),
    });
    sent.length = 0;
    expect(await query(executor, source)).toEqual({ data: { feed: [{ author }] } });
    expect(sent.filter((name) => name === 'main')).toHaveLength(fetches);
  });

  test('for one type of a union', async () => {
    const executor = createFixtureExecutor(provides('author { name }'), { compose: composeServices });
    expect(await query(executor, '{ media { ... on Clip { __typename title } ... on Song { title } } }')).toEqual({
      data: { media: [{ __typename: 'Clip', title: 'from feed' }, { title: 'from main' }] },
    });
  });
});
