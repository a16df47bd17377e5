import { describe, expect, test } from '@jest/globals';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Media {
  readonly __typename?: string;
  readonly id: string;
}

const byTypename = { __resolveType: (value: { __typename: string }) => value.__typename };
const media: Media[] = [
  { __typename: 'Book', id: 'b1' },
  { __typename: 'Film', id: 'f1' },
];
const byId = (id: string) => media.find((item) => item.id === id) ?? null;

describe('interfaces, unions and @interfaceObject', () => {
  const fixtures: SubgraphFixtures = {
    catalog: {
      typeDefs: `
        type Query { all: [Media] things: [Thing] hidden: [Media] }
        interface Media @key(fields: "id") { id: ID! }
        interface Titled { title: String }
        type Book implements Media & Titled @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media & Titled @key(fields: "id") { id: ID! title: String minutes: Int }
        type Draft implements Media @key(fields: "id") @inaccessible { id: ID! }
        union Thing = Book | Film | Note
        type Note { text: String }`,
      resolvers: {
        Query: {
          all: () => media,
          things: () => [...media, { __typename: 'Note', text: 'n' }],
          hidden: () => [media[0], { __typename: 'Draft', id: 'd1' }],
        },
        Media: { ...byTypename, __resolveReference: ({ id }: Media) => byId(id) },
        Titled: byTypename,
        Thing: byTypename,
        Book: { title: ({ id }: Media) => `Book ${id}`, pages: () => 10 },
        Film: { title: ({ id }: Media) => `Film ${id}`, minutes: () => 90 },
      },
    },
    ratings: {
      typeDefs: `type Query { top: [Media] }
        type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int! }`,
      resolvers: {
        Query: { top: () => [{ id: 'f1' }, { id: 'b1' }, { id: 'gone' }] },
        Media: { stars: ({ id }: Media) => id.charCodeAt(0) },
      },
    },
  };
  const executor = createFixtureExecutor(fixtures);

  test('a field of the interface object is a field of every implementation', async () => {
    expect(
      await query(executor, '{ all { __typename id stars ... on Book { pages } ... on Titled { title } } }'),
    ).toEqual({
      data: {
        all: [
          { __typename: 'Book', id: 'b1', stars: 98, pages: 10, title: 'Book b1' },
          { __typename: 'Film', id: 'f1', stars: 102, title: 'Film f1' },
        ],
      },
    });
  });

  test('from the interface object the real type is found, under an alias and behind type conditions as well', async () => {
    const source = '{ top { kind: __typename stars ... on Film { minutes } ... on Book { pages stars } } }';
    expect((await query(executor, source)).data?.['top']).toEqual([
      { kind: 'Film', stars: 102, minutes: 90 },
      { kind: 'Book', stars: 98, pages: 10 },
      { kind: 'Media', stars: 103 },
    ]);
  });

  test('fields of one interface object behind conditions of several types reach all of them', async () => {
    const source = '{ top { ... on Film { stars title } ... on Book { a: stars title } } }';
    expect((await query(executor, source)).data?.['top']).toEqual([
      { stars: 102, title: 'Film f1' },
      { a: 98, title: 'Book b1' },
      {},
    ]);
  });

  test('members of a union are told apart, and one that meets no condition is an empty object', async () => {
    const source = `{ things { ... on Titled { title } ...F } } fragment F on Thing { ... on Book { __typename pages } }`;
    expect(await query(executor, source)).toEqual({
      data: { things: [{ title: 'Book b1', __typename: 'Book', pages: 10 }, { title: 'Film f1' }, {}] },
    });
  });

  test('an object of an inaccessible type is null', async () => {
    expect(await query(executor, '{ hidden { id } }')).toEqual({ data: { hidden: [{ id: 'b1' }, null] } });
    expect(executor.apiSchema.getType('Draft')).toBeUndefined();
  });

  test('one response key with different types of the subgraphs behind it is not mixed up', async () => {
    const mixed = createFixtureExecutor({
      one: {
        typeDefs: `type Query { nodes: [Node] } union Node = A | B
          type A @shareable { value: String! } type B { value: String }`,
        resolvers: {
          Query: {
            nodes: () => [
              { __typename: 'A', value: 'a' },
              { __typename: 'B', value: 'b' },
            ],
          },
          Node: byTypename,
        },
      },
      two: { typeDefs: `type Query { other: A } type A @shareable { value: String }`, resolvers: {} },
    });
    expect(await query(mixed, '{ nodes { ... on A { value } ... on B { value } } }')).toEqual({
      data: { nodes: [{ value: 'a' }, { value: 'b' }] },
    });
  });
});
