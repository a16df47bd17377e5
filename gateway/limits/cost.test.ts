import { expect, test } from '@jest/globals';
import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { compileCost, defaultLimits } from './index.js';

const schema = buildSchema(`
  type Query { node: Node nodes(ids: [ID!]!): [Node] items(first: Int, last: Int): Items some(first: Int! = 7): Items list: [Item] }
  interface Node { id: ID }
  type Items { edges: [Edge] nodes: [Item] pageInfo: PageInfo totalCount: Int }
  type Edge { node: Item cursor: String }
  type PageInfo { hasNextPage: Boolean }
  type Item implements Node { id: ID parts(first: Int): Items owner: Owner tags: [String] }
  type Owner implements Node { id: ID item: Item }
`);

function costOf(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  return compileCost(schema, document, document.definitions[0] as OperationDefinitionNode, defaultLimits)(variables);
}

test('a page size multiplies what is inside the page, and inside pages of pages', () => {
  expect(costOf('{ items(first: 10) { nodes { id } } }')).toBe(1 + 10);
  expect(costOf('{ items(last: 10) { edges { cursor node { id } } } }')).toBe(1 + 10 * 2);
  expect(costOf('{ items(first: 10) { nodes { parts(first: 5) { nodes { id } } } } }')).toBe(1 + 10 * (1 + (1 + 5)));
});

test('what stands beside the page is charged once, and leaves are free', () => {
  expect(costOf('{ items(first: 100) { totalCount pageInfo { hasNextPage } } }')).toBe(1 + 1);
  expect(costOf('{ list { tags } }')).toBe(defaultLimits.assumedListSize);
});

test('variables count as sent, else by the default of the operation, of the schema, or as assumed', () => {
  const query = 'query ($n: Int = 30) { items(first: $n) { nodes { id } } }';
  expect(costOf(query, { n: 40 })).toBe(41);
  expect(costOf(query)).toBe(31);
  expect(costOf('query ($n: Int) { items(first: $n) { nodes { id } } }')).toBe(1 + defaultLimits.assumedPageSize);
  expect(costOf('{ some { nodes { id } } }')).toBe(8);
  expect(costOf('{ items(first: -5) { nodes { id } } }')).toBe(1);
});

test('a look-up by keys costs as much as it has keys', () => {
  expect(costOf('{ nodes(ids: ["a", "b", "c"]) { id } }')).toBe(3);
  expect(costOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b'] })).toBe(2);
});

test('of the types that an object can have, the dearest is charged', () => {
  const item = '... on Item { parts(first: 9) { nodes { id } } }';
  const owner = '... on Owner { item { owner { id } } }';
  expect(costOf(`{ node { id ${item} ${owner} } }`)).toBe(1 + 10);
});

test('what @skip and @include leave out is free, unless it is selected elsewhere', () => {
  const query = (rest: string) =>
    `query ($with: Boolean!) { items(first: 9) @include(if: $with) { nodes { id } } ${rest} }`;
  expect(costOf(query(''), { with: true })).toBe(10);
  expect(costOf(query('__typename'), { with: false })).toBe(0);
  expect(costOf(query('items(first: 9) { totalCount }'), { with: false })).toBe(10);
  expect(costOf('{ node { id } list @skip(if: true) { id } }')).toBe(1);
});

test('fragments are charged where they are spread', () => {
  expect(
    costOf('{ items(first: 3) { ...F } } fragment F on Items { nodes { ...G } } fragment G on Item { owner { id } }'),
  ).toBe(1 + 3 * 2);
});
