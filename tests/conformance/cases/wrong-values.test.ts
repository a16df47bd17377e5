import { describe, expect, test } from '@jest/globals';
import type { SubgraphTransport } from '../../../gateway/executor/types.js';
import { createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';
import type { SubgraphFailure } from '../../../gateway/executor/index.js';

const fixtures: SubgraphFixtures = {
  catalogue: {
    typeDefs: `scalar Anything
      enum Colour { RED GREEN SECRET @inaccessible }
      interface Named { name: String }
      type Part implements Named @key(fields: "id") { id: ID! name: String must: Int! }
      type Tool implements Named { name: String }
      type Draft implements Named @inaccessible { name: String }
      union Thing = Part | Tool
      type Query {
        int: Int float: Float flag: Boolean text: String id: ID any: Anything colour: Colour sure: Int!
        ints: [Int] sureInts: [Int!] grid: [[Int]] part: Part parts: [Part!] places: [Part] thing: Thing things: [Thing] named: Named
      }`,
    resolvers: {},
  },
  stock: {
    typeDefs: `type Part @key(fields: "id") { id: ID! count: Int sureCount: Int! colourless: String }`,
    resolvers: {},
  },
};

/** Subgraphs that answer what they are told to, whatever their schema says. Composed once: it takes longer than all answers. */
let answers: Record<string, unknown> = {};
let failures: SubgraphFailure[] = [];
const executor = createFixtureExecutor(fixtures, {
  wrap: (transport: SubgraphTransport, name: string): SubgraphTransport => ({
    ...transport,
    execute: () => structuredClone(answers[name]) as object,
  }),
  reportFailure: (failure) => void failures.push(failure),
});

function answering(next: Record<string, unknown>) {
  answers = next;
  failures = [];
  return executor;
}

const ask = (data: Record<string, unknown>, source: string) => query(answering({ catalogue: { data } }), source);

describe('a value that the schema does not allow', () => {
  test.each<[string, string, unknown[]]>([
    ['Int', 'int', ['abc', '7', 3_000_000_000, -2_147_483_649, 1.5, true, { a: 1 }, [1]]],
    ['Float', 'float', ['x', '1.5', false, { a: 1 }, [1.5]]],
    ['Boolean', 'flag', ['yes', 'true', 0, 1, {}, []]],
    ['String', 'text', [5, true, { a: 1 }, ['a']]],
    ['ID', 'id', [1.5, true, { a: 1 }, ['a']]],
    ['enum', 'colour', ['PURPLE', 'red', 1, true, {}, ['RED']]],
    ['list', 'ints', ['no list', 1, { 0: 1 }]],
    ['list of lists', 'grid', [{ a: 1 }]],
    ['object', 'part { name }', ['p', 1, true, [{ name: 'n' }]]],
    ['union', 'thing { __typename }', ['t', [], { __typename: 'Nothing' }, { __typename: 5 }, { name: 'x' }]],
    ['interface', 'named { name }', ['t', [], { __typename: 'Nothing' }, { __typename: 5 }]],
  ])('is null with one error at its place: %s', async (_, selection, values) => {
    const key = selection.split(' ')[0] as string;
    for (const value of values) {
      const result = await ask({ [key]: value }, `{ ${selection} }`);
      expect({ value, data: result.data }).toEqual({ value, data: { [key]: null } });
      expect(result.errors).toMatchObject([{ path: [key], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
      expect(result.errors).toHaveLength(1);
    }
  });

  test('is never repeated to the caller, and is in the log once under the id that the caller got', async () => {
    const result = await query(answering({ catalogue: { data: { ints: ['hunter2', 'hunter3', 4] } } }), '{ ints }');
    expect(result.data).toEqual({ ints: [null, null, 4] });
    expect(JSON.stringify(result.errors)).not.toContain('hunter');
    expect(new Set(result.errors?.map(({ extensions }) => extensions?.['errorId']))).toEqual(
      new Set([failures[0]?.errorId]),
    );
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toContain('the first of 2');
  });

  test.each<[string, Record<string, unknown>, string, unknown, (string | number)[]]>([
    ['a non-null leaf takes its parent along', { sure: 'abc' }, '{ sure }', null, ['sure']],
    ['an item of a list', { ints: [1, 'b'] }, '{ ints }', { ints: [1, null] }, ['ints', 1]],
    [
      'a non-null item takes its list along',
      { sureInts: [1, 'b'] },
      '{ sureInts }',
      { sureInts: null },
      ['sureInts', 1],
    ],
    ['a list in a list', { grid: [[1], 2] }, '{ grid }', { grid: [[1], null] }, ['grid', 1]],
    [
      'a leaf below objects',
      { parts: [{ must: 1 }, { must: {} }] },
      '{ parts { must } }',
      { parts: null },
      ['parts', 1, 'must'],
    ],
    [
      'a type in a list',
      { things: [{ __typename: 'Tool', name: 'a' }, { __typename: 'Nothing' }, null] },
      '{ things { ... on Tool { name } } }',
      { things: [{ name: 'a' }, null, null] },
      ['things', 1],
    ],
  ])('propagates as any null, still with one error: %s', async (_, data, source, expected, path) => {
    const result = await ask(data, source);
    expect(result.data).toEqual(expected);
    expect(result.errors).toMatchObject([{ path }]);
    expect(result.errors).toHaveLength(1);
  });

  test('adds nothing to what the subgraph says of the same place itself', async () => {
    const errors = [{ message: 'why', path: ['int'], extensions: { code: 'BAD_USER_INPUT' } }];
    const result = await query(answering({ catalogue: { data: { int: 'x' }, errors } }), '{ int }');
    expect(result).toMatchObject({ data: { int: null }, errors: [{ message: 'why' }] });
    expect(result.errors).toHaveLength(1);
  });
});

describe('what passes', () => {
  test('a custom scalar as it is, a number as an ID as text, whole floats, the bounds of Int', async () => {
    const any = { a: [1, 'x', null, { b: 1.5 }] };
    const result = await ask(
      { id: 7, any, float: 3, ints: [2_147_483_647, -2_147_483_648, 0, null] },
      '{ id any float ints }',
    );
    expect(result).toEqual({ data: { id: '7', any, float: 3, ints: [2_147_483_647, -2_147_483_648, 0, null] } });
  });

  test('what callers may not see is null without an error', async () => {
    expect(
      await ask({ colour: 'SECRET', named: { __typename: 'Draft', name: 'd' } }, '{ colour named { name } }'),
    ).toEqual({ data: { colour: null, named: null } });
  });
});

describe('an answer about entities', () => {
  const places = [
    { __typename: 'Part', id: '1' },
    { __typename: 'Part', id: '2' },
    { __typename: 'Part', id: '3' },
  ];
  const askStock = (entities: unknown, errors?: unknown) =>
    query(
      answering({
        catalogue: { data: { places } },
        stock: { data: { _entities: entities }, ...(errors ? { errors } : {}) },
      }),
      '{ places { id count } }',
    );

  test.each<[string, unknown]>([
    ['that is shorter than asked', [{ count: 1 }, { count: 3 }]],
    ['that is longer than asked', [{ count: 0 }, { count: 1 }, { count: 2 }, { count: 3 }]],
    ['that is empty', []],
    ['that is no list', { count: 1 }],
  ])("%s is nobody's: null for all of them, and one error", async (_, entities) => {
    const result = await askStock(entities);
    expect(result.data).toEqual({ places: ['1', '2', '3'].map((id) => ({ id, count: null })) });
    expect(result.errors).toMatchObject([
      { path: ['places', 0, 'count'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'stock' } },
    ]);
    expect(result.errors).toHaveLength(1);
  });

  test('with errors of its own for a list of another length gets no other error', async () => {
    const errors = [{ message: 'gone', path: ['_entities'], extensions: { code: 'NOT_FOUND' } }];
    const result = await askStock([], errors);
    expect(result.data).toEqual({ places: ['1', '2', '3'].map((id) => ({ id, count: null })) });
    expect(result.errors).toHaveLength(1);
  });

  test('that is no object for one of them is null and one error there, and right for the others', async () => {
    const result = await askStock([{ count: 1 }, 'two', { count: 3 }]);
    expect(result.data).toEqual({
      places: [
        { id: '1', count: 1 },
        { id: '2', count: null },
        { id: '3', count: 3 },
      ],
    });
    expect(result.errors).toMatchObject([{ path: ['places', 1, 'count'] }]);
    expect(result.errors).toHaveLength(1);
  });
});

describe('many errors', () => {
  const count = 20_000;
  const ids = Array.from({ length: count }, (_, i) => String(i));
  const places = ids.map((id) => ({ __typename: 'Part', id }));

  // With a cost that grows with the square of their number this takes longer than jest allows.
  test('of missing values that may not be null are one each', async () => {
    const _entities = ids.map((_, i) => (i % 2 === 0 ? null : { sureCount: i }));
    const result = await query(
      answering({ catalogue: { data: { places } }, stock: { data: { _entities } } }),
      '{ places { sureCount } }',
    );
    expect(result.errors).toHaveLength(count / 2);
    expect((result.data?.['places'] as unknown[]).slice(0, 4)).toEqual([
      null,
      { sureCount: 1 },
      null,
      { sureCount: 3 },
    ]);
    expect(result.errors?.[1]?.path).toEqual(['places', 2, 'sureCount']);
  });

  test('of the subgraph itself are said at every place of their entity', async () => {
    const few = ids.map((_, i) => ({ __typename: 'Part', id: String(i % 4_000) }));
    const errors = Array.from({ length: 4_000 }, (_, i) => ({
      message: 'no',
      path: ['_entities', i, 'count'],
      extensions: { code: 'FORBIDDEN' },
    }));
    const _entities = errors.map(() => ({ count: null }));
    const result = await query(
      answering({ catalogue: { data: { places: few } }, stock: { data: { _entities }, errors } }),
      '{ places { id count } }',
    );
    expect(result.errors).toHaveLength(count);
    expect(new Set(result.errors?.map(({ path }) => path?.[1])).size).toBe(count);
  });

  test.each([-1, 2, 99_999])('of an entity that was not asked for (%i) are said all the same', async (index) => {
    const errors = [{ message: 'no', path: ['_entities', index, 'count'], extensions: { code: 'FORBIDDEN' } }];
    const places = [{ __typename: 'Part', id: 'a' }, null, { __typename: 'Part', id: 'b' }];
    const stock = { data: { _entities: [null, { count: 2 }] }, errors };
    const result = await query(answering({ catalogue: { data: { places } }, stock }), '{ places { id count } }');
    expect(result).toEqual({
      data: { places: [{ id: 'a', count: null }, null, { id: 'b', count: 2 }] },
      errors: [{ message: 'no', path: ['places', 0, 'count'], extensions: { code: 'FORBIDDEN' } }],
    });
  });
});
