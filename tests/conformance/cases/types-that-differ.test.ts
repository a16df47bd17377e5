/** Fields of one name on several types need not be of one type: no fetch may ask for them as if they were. */
import { expect, test } from '@jest/globals';
import { validate } from 'graphql';
import { createFixtureExecutor, fixtureSchema, query, type SubgraphFixtures } from '../compose-fixture.js';

const cat = { __typename: 'Cat', id: 'c', mark: 'm', home: { __typename: 'House', size: 'big', no: 'n' } };
const dog = { __typename: 'Dog', id: 7, mark: null, home: { __typename: 'Kennel', size: 2, no: null } };

const fixtures: SubgraphFixtures = {
  pets: {
    typeDefs: `type Query { pets: [Pet!]! named: [Named!]! } union Pet = Cat | Dog interface Named { mark: String }
      type Cat implements Named @key(fields: "id") { id: ID! mark: String! home: House }
      type Dog implements Named @key(fields: "id") { id: Int! mark: String home: Kennel }
      type House { size: String no: String! } type Kennel { size: Int! no: String }`,
    resolvers: { Query: { pets: () => [cat, dog], named: () => [dog, cat] } },
  },
  vets: {
    typeDefs: `type Cat @key(fields: "id") { id: ID! weight: String! age(in: String): Int visits: [Visit!]! }
      type Dog @key(fields: "id") { id: Int! weight: Int age(in: String): String visits: Stay }
      type Visit { days: Int } type Stay { days: String! at: Place } type Place { name: String }`,
    resolvers: {
      Cat: { weight: () => 'light', age: () => 3, visits: () => [{ days: 1 }, { days: 2 }] },
      Dog: { weight: () => 30, age: () => 'old', visits: () => ({ days: 'many', at: { name: 'there' } }) },
    },
  },
};

const executor = createFixtureExecutor(fixtures, {
  wrap: (transport, name) => {
    const schema = fixtureSchema(fixtures[name]!);
    return {
      ...transport,
      execute: (request) => {
        expect(validate(schema, request.document).map(({ message }) => message)).toEqual([]);
        return transport.execute(request);
      },
    };
  },
});

test.each<[string, string, unknown]>([
  ['leaves', '{ pets { ... on Cat { c: mark } ... on Dog { d: mark } } }', { pets: [{ c: 'm' }, { d: null }] }],
  [
    'keys',
    '{ pets { ... on Cat { id weight } ... on Dog { n: id w: weight } } }',
    {
      pets: [
        { id: 'c', weight: 'light' },
        { n: 7, w: 30 },
      ],
    },
  ],
  [
    'leaves below objects of different types',
    '{ pets { ... on Cat { home { size no } } ... on Dog { home { kennel: size any: no } } } }',
    { pets: [{ home: { size: 'big', no: 'n' } }, { home: { kennel: 2, any: null } }] },
  ],
  [
    'entities of another subgraph, with arguments',
    '{ pets { ... on Cat { a: age(in: "y") weight } ... on Dog { b: age(in: "y") w: weight } } }',
    {
      pets: [
        { a: 3, weight: 'light' },
        { b: 'old', w: 30 },
      ],
    },
  ],
  [
    'a list and an object, and what is below them',
    '{ pets { ... on Cat { v: visits { days } } ... on Dog { visits { days at { days: name } } } } }',
    { pets: [{ v: [{ days: 1 }, { days: 2 }] }, { visits: { days: 'many', at: { days: 'there' } } }] },
  ],
  [
    'through an interface',
    '{ named { mark ... on Cat { own: mark id } } }',
    { named: [{ mark: null }, { mark: 'm', own: 'm', id: 'c' }] },
  ],
  [
    'selections that repeat, which a plan writes once',
    `{ pets { ... on Cat { home { size no } visits { days } a: age(in: "y") } ... on Dog { home { kennel: size any: no } stay: visits { days at { name } } } }
      named { ... on Cat { home { size no } visits { days } a: age(in: "y") } ... on Dog { home { kennel: size any: no } stay: visits { days at { name } } } } }`,
    {
      pets: [
        { home: { size: 'big', no: 'n' }, visits: [{ days: 1 }, { days: 2 }], a: 3 },
        { home: { kennel: 2, any: null }, stay: { days: 'many', at: { name: 'there' } } },
      ],
      named: [
        { home: { kennel: 2, any: null }, stay: { days: 'many', at: { name: 'there' } } },
        { home: { size: 'big', no: 'n' }, visits: [{ days: 1 }, { days: 2 }], a: 3 },
      ],
    },
  ],
])('%s', async (_title, source, data) => {
  expect(await query(executor, source)).toEqual({ data });
});
