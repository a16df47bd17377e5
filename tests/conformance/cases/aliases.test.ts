/** A client's names are the client's own: none of them changes what is fetched, for whom, or where an error is said. */
import { describe, expect, test } from '@jest/globals';
import { parse, type ExecutionResult } from 'graphql';
import { createContext, createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Key {
  readonly id: string;
}

const books: Record<string, object> = {
  one: { __typename: 'Book', id: 'one', oldId: 'two', title: 'First', size: { unit: 'cm', inner: { width: 3 } } },
  two: { __typename: 'Book', id: 'two', oldId: 'zero', title: 'Second', size: { unit: 'in', inner: { width: 5 } } },
};
const film = { __typename: 'Film', id: 'film', oldId: 'one', title: 'Moving' };

const fixtures: SubgraphFixtures = {
  shelf: {
    typeDefs: `
      type Query { book(id: ID = "one"): Book books: [Book!]! media: [Media!]! shelves: [Shelf!]! }
      type Mutation { lend(id: ID!): Book }
      type Subscription { lent(after: ID): Lent }
      union Media = Book | Film
      interface Titled { id: ID! title: String }
      type Book implements Titled @key(fields: "id") { id: ID! oldId: ID title: String size: Size broken(why: String): String }
      type Film implements Titled @key(fields: "id") { id: ID! oldId: ID title: String }
      type Size { unit: String inner: Inner } type Inner { width: Int }
      type Shelf @key(fields: "code room { number }") { code: String! other: String room: Room! }
      type Room { number: Int! old: Int }
      type Lent { cursor: ID! book: Book! }`,
    resolvers: {
      Query: {
        book: (_: unknown, { id }: Key) => books[id],
        books: () => [books['one'], books['two']],
        media: () => [books['one'], film, books['two']],
        shelves: () => [{ code: 'a', other: 'b', room: { number: 1, old: 2 } }],
      },
      Mutation: { lend: (_: unknown, { id }: Key) => books[id] },
      Subscription: {
        lent: {
          subscribe: async function* () {
            yield { lent: { cursor: 'c1', book: books['one'] } };
          },
        },
      },
      Book: {
        __resolveReference: ({ id }: Key) => books[id],
        broken: (_: unknown, { why }: { why?: string }) => {
          throw Object.assign(new Error(why ?? 'broken'), { extensions: { code: 'BAD_USER_INPUT' } });
        },
      },
    },
  },
  reviews: {
    typeDefs: `
      type Book @key(fields: "id") {
        id: ID! title: String @external size: Size @external
        rating(of: Int = 5): String
        shout: String @requires(fields: "title")
        width: Int @requires(fields: "size { inner { width } }")
        fails(why: String): String
        reviews(first: Int = 10): [Review!]!
      }
      type Film @key(fields: "id") { id: ID! rating(of: Int = 5): Int reviews(first: Int = 10): [Review!]! }
      type Size @external { inner: Inner } type Inner @external { width: Int }
      type Review { text: String stars(of: Int): Int by: Book }
      type Shelf @key(fields: "code room { number }") { code: String! room: Room! load(of: Int): String }
      type Room { number: Int! @shareable }`,
    resolvers: {
      Book: {
        rating: ({ id }: Key, { of }: { of: number }) => `${id}/${of}`,
        shout: ({ title }: { title: string }) => `${title}!`,
        width: ({ size }: { size?: { inner?: { width?: number } } }) => size?.inner?.width ?? null,
        fails: ({ id }: Key, { why }: { why?: string }) => {
          throw Object.assign(new Error(`${id} ${why ?? 'fails'}`), { extensions: { code: 'BAD_USER_INPUT' } });
        },
        reviews: ({ id }: Key, { first }: { first: number }) =>
          ['x', 'y', 'z'].slice(0, first).map((text) => ({ text: `${id}-${text}` })),
      },
      Film: {
        rating: (_: Key, { of }: { of: number }) => of,
        reviews: ({ id }: Key, { first }: { first: number }) =>
          ['x', 'y', 'z'].slice(0, first).map((text) => ({ text: `${id}-${text}` })),
      },
      Review: { stars: (_: unknown, { of }: { of: number }) => of, by: () => ({ id: 'one' }) },
      Shelf: {
        load: ({ code, room }: { code: string; room: { number: number } }, { of }: { of?: number }) =>
          `${code}${room.number}/${of ?? '-'}`,
      },
    },
  },
};

describe('names that a client chooses', () => {
  const executor = createFixtureExecutor(fixtures);
  const ask = (source: string, variables?: Record<string, unknown>) =>
    query(executor, source, variables === undefined ? {} : { variables });

  test.each<[string, string, unknown]>([
    [
      'another field under the name of the key',
      '{ book { id: oldId rating shout } }',
      { book: { id: 'two', rating: 'one/5', shout: 'First!' } },
    ],
    [
      'the key under another name, its name given away, in a list',
      '{ books { key: id id: title rating(of: 3) } }',
      {
        books: [
          { key: 'one', id: 'First', rating: 'one/3' },
          { key: 'two', id: 'Second', rating: 'two/3' },
        ],
      },
    ],
    [
      'another field under the name of a required one',
      '{ book { title: oldId shout size: title width } }',
      { book: { title: 'two', shout: 'First!', size: 'First', width: 3 } },
    ],
    [
      'below a required object',
      '{ book { width size { inner: unit unit: inner { width: __typename } } } }',
      { book: { width: 3, size: { inner: 'cm', unit: { width: 'Inner' } } } },
    ],
    [
      'over parts of a composite key, at both depths',
      '{ shelves { code: other room { number: old } load } }',
      { shelves: [{ code: 'b', room: { number: 2 }, load: 'a1/-' }] },
    ],
    [
      'a composite key taken apart',
      '{ shelves { room: other a: room { number: __typename n: number } b: room { old } code: load(of: 2) } }',
      { shelves: [{ room: 'b', a: { number: 'Room', n: 1 }, b: { old: 2 }, code: 'a1/2' }] },
    ],
    [
      '__typename as the name of another field',
      '{ media { ... on Book { __typename: oldId rating(of: 1) } ... on Film { __typename: oldId id: title reviews(first: 1) { __typename: text } } } }',
      {
        media: [
          { __typename: 'two', rating: 'one/1' },
          { __typename: 'one', id: 'Moving', reviews: [{ __typename: 'film-x' }] },
          { __typename: 'zero', rating: 'two/1' },
        ],
      },
    ],
    [
      'a swap of two fields, and the root under a name of another root',
      '{ books: book { id: title title: id r: rating rating: rating(of: 1) } book: books { t: id } }',
      {
        books: { id: 'First', title: 'one', r: 'one/5', rating: 'one/1' },
        book: [{ t: 'one' }, { t: 'two' }],
      },
    ],
    [
      'one name for different arguments under different types',
      '{ media { ... on Book { rs: reviews(first: 1) { text } } ... on Film { rs: reviews(first: 2) { text } } } }',
      {
        media: [
          { rs: [{ text: 'one-x' }] },
          { rs: [{ text: 'film-x' }, { text: 'film-y' }] },
          { rs: [{ text: 'two-x' }] },
        ],
      },
    ],
    [
      'different names for the same, each with its own selection',
      '{ a: book { x: reviews(first: 1) { t: text } } b: book { y: reviews(first: 1) { s: stars(of: 2) text } id } }',
      { a: { x: [{ t: 'one-x' }] }, b: { y: [{ s: 2, text: 'one-x' }], id: 'one' } },
    ],
    [
      'one name for an entity below, and for its key',
      '{ book { id: reviews(first: 1) { text: by { id: shout text: rating(of: 2) } } } }',
      { book: { id: [{ text: { id: 'First!', text: 'one/2' } }] } },
    ],
    [
      'the aliases that a planner might use itself',
      '{ book { _internal_qp_alias_0: oldId _entities: title representations: rating shout } }',
      { book: { _internal_qp_alias_0: 'two', _entities: 'First', representations: 'one/5', shout: 'First!' } },
    ],
  ])('%s', async (_title, source, data) => {
    expect(await ask(source)).toEqual({ data });
  });

  test('arguments are the same whatever their order, and different when a variable stands for a literal', async () => {
    const source = `query ($n: Int = 1) { book {
      reviews(first: 1) { a: text } ... on Book { reviews(first: 1) { b: text } } other: reviews(first: $n) { text } } }`;
    expect(await ask(source, { n: 2 })).toEqual({
      data: { book: { reviews: [{ a: 'one-x', b: 'one-x' }], other: [{ text: 'one-x' }, { text: 'one-y' }] } },
    });
  });

  test('what is asked for twice under two names is fetched once', async () => {
    const sent: string[] = [];
    const watched = createFixtureExecutor(fixtures, {
      wrap: (transport) => ({
        ...transport,
        execute: (request) => (sent.push(request.text), transport.execute(request)),
      }),
    });
    await query(watched, '{ a: book { x: title } b: book { y: title z: oldId } }');
    expect(sent).toEqual(['{book{title oldId}}']);
  });

  test('a mutation runs once for each name', async () => {
    const lent: unknown[] = [];
    const counting = createFixtureExecutor({
      ...fixtures,
      shelf: {
        ...fixtures['shelf']!,
        resolvers: {
          ...fixtures['shelf']!.resolvers,
          Mutation: { lend: (_: unknown, { id }: Key) => (lent.push(id), books[id]) },
        },
      },
    });
    expect(
      await query(counting, 'mutation { a: lend(id: "one") { id: title rating } b: lend(id: "one") { id } }'),
    ).toEqual({ data: { a: { id: 'First', rating: 'one/5' }, b: { id: 'one' } } });
    expect(lent).toEqual(['one', 'one']);
  });

  test("an error stands at each of the response's names for what failed, in lists and across subgraphs", async () => {
    const { errors } = await ask(
      '{ all: books { id: broken(why: "no") x: fails y: fails z: fails(why: "other") } book { ... on Titled { ... on Book { f: fails } } } }',
    );
    const said = (errors ?? []).map(({ message, path }) => `${path?.join('.')}: ${message}`).sort();
    expect(said).toEqual([
      'all.0.id: no',
      'all.0.x: one fails',
      'all.0.y: one fails',
      'all.0.z: one other',
      'all.1.id: no',
      'all.1.x: two fails',
      'all.1.y: two fails',
      'all.1.z: two other',
      'book.f: one fails',
    ]);
  });

  test('an error of a subgraph that is away stands at the name of the first field it leaves null', async () => {
    const broken = createFixtureExecutor(fixtures, {
      wrap: (transport, name) => ({
        ...transport,
        execute: (request) => {
          if (name === 'reviews') throw new Error('away');
          return transport.execute(request);
        },
      }),
    });
    const { data, errors } = await query(broken, '{ b: book { id: oldId r: rating(of: 2) } }');
    expect({ data, path: errors?.map(({ path }) => path) }).toEqual({
      data: { b: { id: 'two', r: null } },
      path: [['b', 'r']],
    });
  });

  test('the events of a subscription carry the names of its client', async () => {
    const source = 'subscription ($a: ID) { book: lent(after: $a) { cursor: book { id: oldId rating } id: cursor } }';
    const document = parse(source);
    const events = await executor.subscribe({ document, source, variables: { a: 'z' }, context: createContext() });
    const received: ExecutionResult[] = [];
    for await (const event of events as AsyncIterable<ExecutionResult>) received.push(event);
    expect(JSON.parse(JSON.stringify(received))).toEqual([
      { data: { book: { cursor: { id: 'two', rating: 'one/5' }, id: 'c1' } } },
    ]);
  });
});
