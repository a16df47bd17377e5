import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { checkCost, compileCost, defaultLimits, type OperationCost } from './index.js';
import { deferredSchema, scanOfParent, scanOfTable } from './weights.js';

const schema = buildSchema(`
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { node: Node nodes(ids: [ID!]!): [Node] items(filter: Filter, first: Int, last: Int): Items some(first: Int! = 7): Items list: [Item] }
  input Filter { name: Text, size: Number, parts: Parts, or: [Filter!], not: Filter }
  input Parts { some: Filter, none: Filter, every: Filter }
  input Text { eq: String, contains: String, in: [String!] }
  input Number { eq: Int, gt: Int }
  interface Node { id: ID }
  type Items { edges: [Edge] nodes: [Item] pageInfo: PageInfo totalCount: Int aggregate: Figures groupBy(fields: [String!]!, first: Int = 100): [Group!]! }
  type Figures { count: Int countDistinct(field: String!): Int sum: Numbers percentile(fraction: Float!): Numbers }
  type Numbers { size: Float weight: Float }
  type Group { key: Item aggregate: Figures }
  type Edge { node: Item cursor: String }
  type PageInfo { hasNextPage: Boolean }
  type Item implements Node { id: ID parts(filter: Filter, first: Int): Items owner: Owner tags: [String] }
  type Owner implements Node { id: ID item: Item }
`);

function compiled(source: string, fields: [string, number][] = []): OperationCost {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const limits = { ...defaultLimits, weights: { fields: new Map(fields) } };
  return compileCost(schema, document, document.definitions[0] as OperationDefinitionNode, limits);
}

function costOf(source: string, variables: Record<string, unknown> = {}): number {
  return compiled(source)(variables);
}

test('a page size multiplies what is inside the page, and inside pages of pages', () => {
  expect(costOf('{ items(first: 10) { nodes { id } } }')).toBe(1 + 10);
  expect(costOf('{ items(last: 10) { edges { cursor node { id } } } }')).toBe(1 + 10 * 2);
  expect(costOf('{ items(first: 10) { nodes { parts(first: 5) { nodes { id } } } } }')).toBe(1 + 10 * (1 + (1 + 5)));
});

test('what stands beside the page is charged once, and leaves are free', () => {
  expect(costOf('{ items(first: 100) { pageInfo { hasNextPage } } }')).toBe(1 + 1);
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

test('of the types that an object can have, the most expensive is charged', () => {
  const item = '... on Item { parts(first: 9) { nodes { id } } }';
  const owner = '... on Owner { item { owner { id } } }';
  expect(costOf(`{ node { id ${item} ${owner} } }`)).toBe(1 + 10);
});

test('what @skip and @include leave out is free, unless it is selected elsewhere', () => {
  const query = (rest: string) =>
    `query ($with: Boolean!) { items(first: 9) @include(if: $with) { nodes { id } } ${rest} }`;
  expect(costOf(query(''), { with: true })).toBe(10);
  expect(costOf(query('__typename'), { with: false })).toBe(0);
  expect(costOf(query('items(first: 9) { __typename }'), { with: false })).toBe(10);
  expect(costOf('{ node { id } list @skip(if: true) { id } }')).toBe(1);
});

test('fragments are charged where they are spread', () => {
  expect(
    costOf('{ items(first: 3) { ...F } } fragment F on Items { nodes { ...G } } fragment G on Item { owner { id } }'),
  ).toBe(1 + 3 * 2);
});

describe('a fragment with @defer is charged as a part of its own', () => {
  const page = (selections: string) => `{ items(first: 10) { nodes { id ${selections} } } }`;

  test('with an object for the part and what it selects, also where that is selected elsewhere', () => {
    expect(costOf(page('... @defer { tags }'))).toBe(1 + 10 * (1 + 1));
    expect(costOf(page('... @defer { owner { id } }'))).toBe(1 + 10 * (1 + 1 + 1));
    expect(costOf(page('owner { id } ... @defer { owner { id } }'))).toBe(1 + 10 * (1 + 1 + 1 + 1));
  });

  test('one that repeats another costs as much again: inline, spread, and one inside another', () => {
    const inline = '... @defer { owner { id } }';
    expect(costOf(page(inline.repeat(49)))).toBe(1 + 10 * (1 + 49 * 2));
    expect(costOf(`${page('...F @defer '.repeat(7))} fragment F on Item { owner { id } }`)).toBe(1 + 10 * (1 + 7 * 2));
    expect(costOf(page('... @defer { tags ... @defer { tags ... @defer { tags } } }'))).toBe(1 + 10 * (1 + 3));
    const pages = '{ items(first: 100) { nodes { id parts(first: 100) { nodes { id ... @defer { tags } } } } } }';
    const parts = (count: number) => costOf(pages.replace('... @defer { tags }', '... @defer { tags }'.repeat(count)));
    expect(parts(49) - parts(0)).toBe(49 * 100 * 100);
    expect(parts(49)).toBeGreaterThan(defaultLimits.maxCost);
  });

  test('where `if` says false it costs what it costs without, whichever way the variable comes', () => {
    const source = (head: string, condition: string) =>
      `query ${head} ${page(`owner { id } ... @defer(if: ${condition}) { owner { id } }`)}`;
    const without = costOf(page('owner { id }'));
    const deferred = without + 10 * 2;
    expect(costOf(source('', 'false'))).toBe(without);
    expect(costOf(source('', 'true'))).toBe(deferred);
    const cost = compiled(source('($d: Boolean! = false)', '$d'));
    expect([{}, { d: true }, { d: false }, { d: true }].map((variables) => cost(variables))).toEqual([
      without,
      deferred,
      without,
      deferred,
    ]);
    expect(costOf(page('... @defer @skip(if: true) { owner { id } }'))).toBe(costOf(page('')));
  });

  test('what leads to it without a list is read again, and charged again', () => {
    const total = (selections: string) => costOf(`{ items(first: 0) { ${selections} } }`);
    const own = 1 + scanOfTable.total;
    expect(total('... @defer { totalCount }'.repeat(3))).toBe(own + 3 * own);
    const figures = 1 + scanOfTable.figures;
    expect(total('aggregate { ... @defer { count } ... @defer { count } }')).toBe(figures + 1 + 2 * figures);
  });

  test('of fragments on the types that an object can have, the most expensive; of those on its interfaces, each', () => {
    expect(costOf('{ node { ... on Item @defer { id } ... on Item @defer { id } ... on Owner @defer { id } } }')).toBe(
      3,
    );
    expect(costOf('{ list { ... on Node @defer { id } ... on Item @defer { id } } }')).toBe(10 * (1 + 2));
  });

  test('the refusal names it', () => {
    const cost = compiled(page('... @defer { tags }'.repeat(20)));
    expect(() => checkCost(cost, {}, 100)).toThrow('The most expensive part is items (10) × @defer (20).');
  });

  test('a schema in each of them is as expensive as it is to write, and charged nothing elsewhere', () => {
    const schemas = (count: number) =>
      `{ list { id } ${'... @defer { ...F } '.repeat(count)} } fragment F on Query { __schema { types { name } } }`;
    expect(costOf(schemas(3))).toBe(
      costOf(schemas(0).replace('{ list { id }', '{ ...F list { id }')) + 3 * (1 + deferredSchema),
    );
  });
});

test('a default page below another page is charged as what few parents fill, a size that is asked for as it is', () => {
  const inside = (size: string) => `{ items(first: 10) { nodes { parts${size} { nodes { id } } } } }`;
  expect(costOf(inside(''))).toBe(1 + 10 * (1 + 1 + defaultLimits.assumedNestedPageSize));
  expect(costOf(inside('(first: 20)'))).toBe(1 + 10 * (1 + 1 + 20));
  expect(costOf('{ node { ... on Item { parts { nodes { id } } } } }')).toBe(1 + 1 + defaultLimits.assumedPageSize);
});

test('a total is charged: of a whole table, or of a parent’s own rows', () => {
  expect(costOf('{ items(first: 9) { totalCount } }')).toBe(1 + scanOfTable.total);
  expect(costOf('{ items(first: 10) { nodes { parts(first: 3) { totalCount } } } }')).toBe(
    1 + 10 * (1 + 1 + scanOfParent.total),
  );
});

test('figures are charged for each pass over the rows, and for what they sort', () => {
  const { figures, sorting, conditions, condition } = scanOfTable;
  expect(costOf('{ items { aggregate { count sum { size } } } }')).toBe(1 + figures + 1 + 1);
  expect(costOf('{ items { a: aggregate { count } b: aggregate { count } } }')).toBe(1 + 2 * figures + 2);
  const sorted = '{ items { aggregate { countDistinct(field: "NAME") percentile(fraction: 0.5) { size weight } } } }';
  expect(costOf(sorted)).toBe(1 + figures + 3 * sorting + 1 + 1);
  const groups =
    '{ items { groupBy(fields: ["NAME"], first: 7) { aggregate { percentile(fraction: 0.5) { size } } } } }';
  expect(costOf(groups)).toBe(1 + figures + sorting + 7 * (1 + 1 + 1));
  const filtered =
    '{ items(first: 0, filter: { size: { gt: 1 } }) { nodes { id } aggregate { count } groupBy(fields: [], first: 1) { key { id } } } }';
  expect(costOf(filtered)).toBe(1 + 2 * figures + 3 * (conditions + condition) + 1 + 1 * (1 + 1));
  expect(costOf('{ items(first: 10) { nodes { parts(first: 3) { aggregate { count } } } } }')).toBe(
    1 + 10 * (1 + 1 + scanOfParent.figures + 1),
  );
});

describe('conditions are charged by their number and kind, as literals and as variables', () => {
  const { textCondition, conditions, condition, total } = scanOfTable;
  const any = { or: [{ name: { contains: 'a' } }, { name: { contains: 'b', eq: 'c' } }, { not: { size: { gt: 1 } } }] };
  const expected = 1 + conditions + 2 * textCondition + 2 * condition;

  test('the whole filter', () => {
    const literal =
      '{ or: [{ name: { contains: "a" } }, { name: { contains: "b", eq: "c" } }, { not: { size: { gt: 1 } } }] }';
    expect(costOf(`{ items(first: 0, filter: ${literal}) { nodes { id } } }`)).toBe(expected);
    expect(costOf('query ($f: Filter) { items(first: 0, filter: $f) { nodes { id } } }', { f: any })).toBe(expected);
    const parts = 'query ($p: [Filter!]) { items(first: 0, filter: { or: $p }) { nodes { id } } }';
    expect(costOf(parts, { p: any.or })).toBe(expected);
    const byDefault = `query ($f: Filter = ${literal}) { items(first: 0, filter: $f) { nodes { id } } }`;
    expect(costOf(byDefault)).toBe(expected);
  });

  test('what a relation leads to is a pass of its own, and twice as many one below another, empty or not', () => {
    const { relation } = scanOfTable;
    const filtered = (filter: string) => costOf(`{ items(first: 0, filter: ${filter}) { nodes { id } } }`);
    expect(filtered('{ parts: { some: { size: { gt: 1 } } } }')).toBe(1 + conditions + relation + condition);
    expect(filtered('{ parts: { none: {} } }')).toBe(1 + conditions + relation);
    const nested = '{ parts: { every: { parts: { none: { parts: { some: { name: { contains: "a" } } } } } } } }';
    expect(filtered(nested)).toBe(1 + conditions + 7 * relation + textCondition);
    const variable = { parts: { every: { parts: { none: {} } } } };
    expect(costOf('query ($f: Filter) { items(first: 0, filter: $f) { nodes { id } } }', { f: variable })).toBe(
      1 + conditions + 3 * relation,
    );
  });

  test('twice for a page with its total, for each parent below a page, and not at all where nothing is asked', () => {
    const both = '{ items(first: 0, filter: { name: { contains: "a" } }) { totalCount nodes { id } } }';
    expect(costOf(both)).toBe(1 + total + 2 * (conditions + textCondition));
    const below =
      '{ items(first: 10) { nodes { parts(first: 0, filter: { name: { contains: "a" } }) { nodes { id } } } } }';
    expect(costOf(below)).toBe(1 + 10 * (1 + 1 + scanOfParent.textCondition));
    expect(costOf('{ items(first: 0, filter: {}) { nodes { id } } }')).toBe(1);
    expect(costOf('{ items(first: 0, filter: { name: { in: ["a", "b"] } }) { nodes { id } } }')).toBe(
      1 + conditions + condition,
    );
  });
});

test('a field that has a weight costs it wherever it stands, leaves too', () => {
  const weights: [string, number][] = [
    ['Query.node', 100],
    ['Item.tags', 7],
  ];
  expect(compiled('{ node { id } }', weights)({})).toBe(101);
  expect(compiled('{ items(first: 10) { nodes { tags } } }', weights)({})).toBe(1 + 10 * (1 + 7));
});

test('what costs too much is told which of its fields multiply, by their keys', () => {
  const source = `query ($n: Int) { node { id } mine: items(first: $n) { nodes { id parts { edges { node { owner { id } } } } } } }`;
  let refusal: unknown;
  try {
    checkCost(compiled(source), { n: 90 }, 1_000);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    message: expect.stringMatching(
      /costs \d+, and at most 1000 is allowed \(WEFT_MAX_COST\).*mine \(90\) × parts \(8\)/,
    ),
    extensions: {
      limit: 'cost',
      maximum: 1_000,
      fields: [
        { field: 'mine', size: 90 },
        { field: 'parts', size: 8 },
      ],
    },
  });
  expect(() => checkCost(compiled(source), { n: 9 }, 1_000)).not.toThrow();
});
