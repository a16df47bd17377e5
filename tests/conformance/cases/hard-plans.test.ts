/** What the planner can't plan, or plans wrongly, is planned in parts: fields that several subgraphs must answer in turn. */
import { expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';
import { begin, takeParts } from '../incremental/parts.js';

type Entity = Readonly<Record<string, unknown>>;
const reference = { __resolveReference: (entity: Entity) => entity };

/** Animals know their kind in `zoo` alone; elsewhere they are one object type. */
const animals: Record<string, { __typename: string; id: string; name: string }> = {
  d: { __typename: 'Dog', id: 'd', name: 'Rex' },
  c: { __typename: 'Cat', id: 'c', name: 'Tom' },
};
const mates: Record<string, string> = { d: 'c', c: 'd' };
const animal = {
  zoo: (id: string) => ({ ...animals[id] }),
  elsewhere: (id: string) => ({ __typename: 'Animal', id }),
};
const zoo: SubgraphFixtures = {
  zoo: {
    typeDefs: `type Query { animal: Animal animals: [Animal] } interface Animal @key(fields: "id") { id: ID! name: String }
      type Dog implements Animal @key(fields: "id") { id: ID! name: String tricks: Int }
      type Cat implements Animal @key(fields: "id") { id: ID! name: String whiskers: Int }`,
    resolvers: {
      Query: { animal: () => animal.zoo('d'), animals: () => [animal.zoo('d'), null, animal.zoo('c')] },
      Animal: {
        __resolveType: ({ __typename }: { __typename: string }) => __typename,
        __resolveReference: ({ id }: { id: string }) => animal.zoo(id),
      },
      Dog: { __resolveReference: ({ id }: { id: string }) => animal.zoo(id), tricks: () => 3 },
      Cat: { __resolveReference: ({ id }: { id: string }) => animal.zoo(id), whiskers: () => 8 },
    },
  },
  vets: {
    typeDefs: `type Animal @interfaceObject @key(fields: "id") {
        id: ID! name: String @external chart: String @requires(fields: "name") mate: Animal visits: [Visit] }
      type Visit { at: String with: Animal }`,
    resolvers: {
      Animal: {
        ...reference,
        chart: ({ name }: Entity) => `chart of ${String(name)}`,
        mate: ({ id }: { id: string }) => animal.elsewhere(mates[id] ?? ''),
        visits: ({ id }: { id: string }) => [{ at: 'noon', with: animal.elsewhere(mates[id] ?? '') }],
      },
    },
  },
  seals: {
    typeDefs: `type Animal @interfaceObject @key(fields: "id") {
      id: ID! chart: String @external seal: String @requires(fields: "chart") }`,
    resolvers: { Animal: { ...reference, seal: ({ chart }: Entity) => `sealed ${String(chart)}` } },
  },
};

test.each<[string, string, unknown]>([
  [
    'a type condition below an object that knows no type',
    '{ animal { visits { with { ... on Cat { chart } } } } }',
    { animal: { visits: [{ with: { chart: 'chart of Tom' } }] } },
  ],
  [
    'one that does not hold',
    '{ animal { visits { with { ... on Dog { chart } } } } }',
    { animal: { visits: [{ with: {} }] } },
  ],
  [
    'the name of the type, which an interface can not be',
    '{ animal { mate { __typename name ... on Cat { seal } } } }',
    { animal: { mate: { __typename: 'Cat', name: 'Tom', seal: 'sealed chart of Tom' } } },
  ],
  [
    'requirements behind requirements, from one animal to the next',
    '{ animals { ... on Dog { seal mate { chart ... on Cat { whiskers mate { seal } } } } ... on Cat { mate { ... on Dog { tricks seal } } } } }',
    {
      animals: [
        {
          seal: 'sealed chart of Rex',
          mate: { chart: 'chart of Tom', whiskers: 8, mate: { seal: 'sealed chart of Rex' } },
        },
        null,
        { mate: { tricks: 3, seal: 'sealed chart of Rex' } },
      ],
    },
  ],
  [
    'what is required, where only a type condition asks for the rest',
    '{ animal { ... on Dog { mate { ... on Cat { name whiskers } chart name } } } }',
    { animal: { mate: { name: 'Tom', whiskers: 8, chart: 'chart of Tom' } } },
  ],
])('interface objects: %s', async (_, source, data) => {
  expect(await query(createFixtureExecutor(zoo), source)).toEqual({ data });
});

test('interface objects: deferred parts that ask for one object at the same time leave it its type', async () => {
  const source = '{ animal { mate { name ... @defer { id ... @defer { ... on Cat { seal } id chart } } } } }';
  const { merged } = await takeParts(await begin(createFixtureExecutor(zoo), source, 'new'));
  expect(merged).toEqual({
    data: { animal: { mate: { name: 'Tom', id: 'c', seal: 'sealed chart of Tom', chart: 'chart of Tom' } } },
  });
});

const item = { id: 'i', upc: 'u', sku: { code: 's', zone: 'north' } };
const chain: SubgraphFixtures = {
  a: {
    typeDefs: `type Query { item: Item items: [Item!] } type Item @key(fields: "id") { id: ID! a: Int }`,
    resolvers: { Query: { item: () => item, items: () => [item] }, Item: { ...reference, a: () => 1 } },
  },
  b: {
    typeDefs: `type Item @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! b: Int }`,
    resolvers: { Item: { __resolveReference: () => item, b: () => 2 } },
  },
  c: {
    typeDefs: `type Item @key(fields: "upc") @key(fields: "sku { code }") { upc: ID! sku: Sku! c: Int }
      type Sku @shareable { code: ID! zone: String }`,
    resolvers: { Item: { __resolveReference: () => item, c: () => 3 } },
  },
  d: {
    typeDefs: `type Item @key(fields: "sku { code }") { sku: Sku! c: Int @external e: String @requires(fields: "c") again: Item }
      type Sku @shareable { code: ID! }`,
    resolvers: {
      Item: {
        __resolveReference: (entity: Entity) => entity,
        e: ({ c }: Entity) => `e${String(c)}`,
        again: () => item,
      },
    },
  },
};

test.each<[string, string, unknown]>([
  [
    'a field of a key that this subgraph does not have',
    '{ item { again { sku { code zone } a } } }',
    { item: { again: { sku: { code: 's', zone: 'north' }, a: 1 } } },
  ],
  [
    'that beside a field that requires another',
    '{ items { sku { zone } e again { b e } } }',
    { items: [{ sku: { zone: 'north' }, e: 'e3', again: { b: 2, e: 'e3' } }] },
  ],
])('a chain of keys: %s', async (_, source, data) => {
  expect(await query(createFixtureExecutor(chain), source)).toEqual({ data });
});

const roots: SubgraphFixtures = {
  a: {
    typeDefs: `type Query { a: Int wrap: Wrap } type Wrap { query: Query item: Item } type Item @key(fields: "id") { id: ID! query: Query }`,
    resolvers: {
      Query: { a: () => 1, wrap: () => ({ query: {}, item: { id: 'i' } }) },
      Item: { ...reference, query: () => ({}) },
    },
  },
  b: {
    typeDefs: `type Query { b: Int other: Item } type Item @key(fields: "id") { id: ID! x: Int }`,
    resolvers: { Query: { b: () => 2, other: () => ({ id: 'o' }) }, Item: { ...reference, x: () => 3 } },
  },
};

test('the query root, handed out again below entities of another subgraph', async () => {
  const executor = createFixtureExecutor(roots, { compose: composeServices });
  const source =
    '{ wrap { query { other { x query { a b wrap { query { b } } } } } item { query { b other { id } } } } }';
  expect(await query(executor, source)).toEqual({
    data: {
      wrap: {
        query: { other: { x: 3, query: { a: 1, b: 2, wrap: { query: { b: 2 } } } } },
        item: { query: { b: 2, other: { id: 'o' } } },
      },
    },
  });
});

test('a subgraph is told the type of what a requirement may find of several', async () => {
  const owners: SubgraphFixtures = {
    pets: {
      typeDefs: `type Query { owner: Owner } type Owner @key(fields: "id") { id: ID! pet: Pet } union Pet = Dog | Cat
        type Dog @shareable { tricks: Int } type Cat @shareable { whiskers: Int }`,
      resolvers: { Query: { owner: () => ({ id: 'o', pet: { __typename: 'Cat', whiskers: 8 } }) }, Owner: reference },
    },
    food: {
      typeDefs: `type Owner @key(fields: "id") { id: ID! pet: Pet @external
          food: String @requires(fields: "pet { ... on Dog { tricks } ... on Cat { whiskers } }") }
        union Pet = Dog | Cat type Dog @shareable { tricks: Int } type Cat @shareable { whiskers: Int }`,
      resolvers: { Owner: { ...reference, food: ({ pet }: Entity) => JSON.stringify(pet) } },
    },
  };
  expect(await query(createFixtureExecutor(owners), '{ owner { food } }')).toEqual({
    data: { owner: { food: '{"__typename":"Cat","whiskers":8}' } },
  });
});
