/** The form of a response where names, conditions and nulls meet: what a single schema would answer, to the letter. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

const broken = () => {
  throw Object.assign(new Error('broken'), { extensions: { code: 'BAD_USER_INPUT' } });
};

const media: SubgraphFixtures = {
  catalog: {
    typeDefs: `
      type Query { media: Media }
      interface Media @key(fields: "id") { id: ID! }
      type Book implements Media @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { media: () => ({ __typename: 'Book', id: 'm1' }) },
      Media: { __resolveType: () => 'Book', __resolveReference: ({ id }: { id: string }) => ({ id }) },
      Book: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
    },
  },
  texts: {
    typeDefs: 'type Media @interfaceObject @key(fields: "id") { id: ID! blurb: String! }',
    resolvers: { Media: { __resolveReference: ({ id }: { id: string }) => ({ id }), blurb: broken } },
  },
};

const fixtures: SubgraphFixtures = {
  orders: {
    typeDefs: `
      type Query { order: Order strict: Customer }
      type Order @key(fields: "id") { id: ID! number: Int! customer: Customer note: String }
      type Customer { name: String! broken: String! city: String land: Land }
      type Land { code: String fails: String }`,
    resolvers: {
      Query: {
        strict: () => ({ name: 'Ada', land: { code: 'DE' } }),
        order: () => ({
          id: 'o1',
          number: 7,
          note: 'soon',
          customer: { name: 'Ada', city: 'Ulm', land: { code: 'DE' } },
        }),
      },
      Land: {
        fails: () => {
          throw Object.assign(new Error('fails'), { extensions: { code: 'BAD_USER_INPUT' } });
        },
      },
      Customer: {
        broken,
      },
    },
  },
  parcels: {
    typeDefs: `
      type Order @key(fields: "id") { id: ID! parcels(of: String): [Parcel] weight(unit: String): String sent: String! late: String! }
      type Parcel { code: String! of: String broken: String! }`,
    resolvers: {
      Order: {
        parcels: ({ id }: { id: string }, { of }: { of?: string }) => [{ code: `${id}-1`, of }],
        sent: () => 'today',
        late: broken,
        weight: (_: unknown, { unit }: { unit?: string }) => `3 ${unit ?? 'kg'}`,
      },
      Parcel: {
        broken,
      },
    },
  },
};

describe('the form of a response', () => {
  const executor = createFixtureExecutor(fixtures);
  afterAll(() => executor.dispose());
  const ask = (source: string, variables: Record<string, unknown> = {}) => query(executor, source, { variables });

  test.each([
    [true, '{"order":{"number":7,"note":"soon","id":"o1"}}'],
    [false, '{"order":{"note":"soon","id":"o1","number":7}}'],
  ])('fields stand in the order of the first selection that holds, a condition being %s', async (c, expected) => {
    const direct = '($c: Boolean!) { order { number @include(if: $c) note id number } }';
    const inFragment = '($c: Boolean!) { order { ...F @include(if: $c) note id ...F } } fragment F on Order { number }';
    for (const source of [direct, inFragment]) {
      expect(JSON.stringify((await ask(`query ${source}`, { c })).data)).toBe(expected);
    }
  });

  test.each(['representations', '_v', 'v_representations', '__v', 'representations_0'])(
    'a variable may be called %s',
    async (name) => {
      const source = `query ($${name}: String) { order { parcels(of: $${name}) { of } weight(unit: $${name}) } }`;
      expect(await ask(source, { [name]: 'x' })).toEqual({
        data: { order: { parcels: [{ of: 'x' }], weight: '3 x' } },
      });
    },
  );

  test('an object that a null takes under one name stays whole under another', async () => {
    const { data, errors } = await ask('{ order { a: customer { broken } customer { name } b: customer { city } } }');
    expect(data).toEqual({ order: { a: null, customer: { name: 'Ada' }, b: { city: 'Ulm' } } });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['order.a.broken']);
  });

  test('so it does across subgraphs, with arguments, below fragments', async () => {
    const { data, errors } = await ask(`
      query ($of: String) {
        order { id: number a: parcels(of: $of) { ...Broken } ... on Order { b: parcels(of: $of) { code of } } }
      }
      fragment Broken on Parcel { broken }`);
    expect(data).toEqual({ order: { id: 7, a: [null], b: [{ code: 'o1-1', of: null }] } });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['order.a.0.broken']);
  });

  test('an error is said only under the names that select what failed', async () => {
    const { data, errors } = await ask(
      '{ order { customer { land { code } a: land { fails } b: land { fails code } __typename } } }',
    );
    expect(data).toMatchObject({ order: { customer: { land: { code: 'DE' }, a: { fails: null } } } });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['order.customer.a.fails', 'order.customer.b.fails']);
  });

  test('so it is where a null takes the object with all its names', async () => {
    const { data, errors } = await ask('{ strict { land { code } a: land { fails } broken } }');
    expect(data).toEqual({ strict: null });
    expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['strict.a.fails', 'strict.broken']);
  });

  test('what two fetches of a plan fail on is one error', async () => {
    const { data, errors } = await query(createFixtureExecutor(media), '{ media { ... on Book { blurb } blurb } }');
    expect(data).toEqual({ media: null });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['media.blurb']);
  });

  test('an entity that failed on one of its fields has one error, and is not called missing', async () => {
    const { data, errors } = await ask('{ order { number sent late } }');
    expect(data).toEqual({ order: null });
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']])).toEqual([
      ['order.late', 'BAD_USER_INPUT'],
    ]);
  });
});
