import { describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery, parse, type IntrospectionQuery } from 'graphql';
import { createContext, createFixtureExecutor, query, type SubgraphFixtures } from '../compose-fixture.js';

interface Parent {
  readonly id: string;
}

function createFixtures(calls: string[] = []): SubgraphFixtures {
  const called =
    (name: string, answer: unknown) =>
    (_: unknown, args: Record<string, unknown>): unknown => {
      calls.push(`${name}${JSON.stringify(args)}`);
      return answer;
    };
  return {
    a: {
      typeDefs: `scalar JSON
        type Query { user: User echo(value: JSON, color: Color, input: Input = { n: 3 }): JSON colors: [Color] }
        type Mutation { setA(n: Int): User }
        type User @key(fields: "id") { id: ID! name: String }
        enum Color { RED GREEN ULTRAVIOLET @inaccessible }
        input Input { n: Int m: Int = 4 hidden: Int @inaccessible }`,
      resolvers: {
        Query: {
          user: () => ({ id: '1', name: 'Ada' }),
          echo: (_: unknown, args: unknown) => args,
          colors: () => ['RED', 'ULTRAVIOLET', 'GREEN'],
        },
        Mutation: { setA: called('setA', { id: '1', name: 'Ada' }) },
      },
    },
    b: {
      typeDefs: `type Query { b: Int! } type Mutation { setB(n: Int): Int failB: Int! }
        type User @key(fields: "id") { id: ID! score(of: Int = 1): Int }`,
      resolvers: {
        Query: { b: () => 5 },
        Mutation: {
          setB: called('setB', 2),
          failB: () => {
            throw new Error('no');
          },
        },
        User: { score: ({ id }: Parent, { of }: { of: number }) => Number(id) * of },
      },
    },
  };
}

describe('operations', () => {
  const executor = createFixtureExecutor(createFixtures());

  test('@skip and @include hold with variables, literals and defaults at every level, and spare the fetch', async () => {
    const fetched: string[] = [];
    const counting = createFixtureExecutor(createFixtures(), {
      wrap: (transport, name) => ({
        ...transport,
        execute: (request) => (fetched.push(name), transport.execute(request)),
      }),
    });
    const source = `query($yes: Boolean = true, $no: Boolean!) {
      user @include(if: $yes) { ...F @skip(if: $no) ... @include(if: $no) { score } }
      b @skip(if: $yes) c: b @include(if: false)
    } fragment F on User { name @skip(if: $no) }`;
    expect(await query(counting, source, { variables: { no: false } })).toEqual({ data: { user: { name: 'Ada' } } });
    expect(fetched).toEqual(['a']);
    expect(await query(counting, source, { variables: { no: true, yes: false } })).toEqual({ data: { b: 5 } });
    expect(await query(counting, source, { variables: { no: true } })).toEqual({ data: { user: { score: 1 } } });
  });

  test('a condition whose variable is null is refused', async () => {
    const result = await query(executor, 'query($x: Boolean = true) { b @skip(if: $x) }', { variables: { x: null } });
    expect(result.data).toBeUndefined();
    expect(result.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('variables, defaults, enums, input objects and custom scalars arrive as they were sent', async () => {
    const source =
      'query($v: JSON, $c: Color = GREEN, $i: Input) { x: echo(value: $v, color: $c, input: $i) y: echo(value: { k: [1, "s"] }, color: RED) }';
    expect(await query(executor, source, { variables: { v: { deep: [null, { a: 1 }] }, i: { n: null } } })).toEqual({
      data: {
        x: { value: { deep: [null, { a: 1 }] }, color: 'GREEN', input: { n: null, m: 4 } },
        y: { value: { k: [1, 's'] }, color: 'RED', input: { n: 3, m: 4 } },
      },
    });
  });

  test('bad variables are one clear error each, and nothing runs', async () => {
    const result = await query(executor, 'query($i: Input!) { echo(input: $i) }', { variables: { i: { hidden: 1 } } });
    expect(result.data).toBeUndefined();
    expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('an inaccessible enum value is null to callers, in answers and in the schema', async () => {
    expect(await query(executor, '{ colors }')).toEqual({ data: { colors: ['RED', null, 'GREEN'] } });
    const { data } = await query(executor, '{ __type(name: "Color") { enumValues { name } } }');
    expect(data).toEqual({ __type: { enumValues: [{ name: 'RED' }, { name: 'GREEN' }] } });
  });

  test('mutations run one after the other in the order of the operation, over subgraphs', async () => {
    const calls: string[] = [];
    const ordered = createFixtureExecutor(createFixtures(calls));
    const source = 'mutation { one: setA(n: 1) { score } two: setB(n: 2) three: setA(n: 3) { name } four: setB(n: 4) }';
    expect(await query(ordered, source)).toEqual({
      data: { one: { score: 1 }, two: 2, three: { name: 'Ada' }, four: 2 },
    });
    expect(calls).toEqual(['setA{"n":1}', 'setB{"n":2}', 'setA{"n":3}', 'setB{"n":4}']);
  });

  test('__typename of any depth and of the root needs no subgraph of its own', async () => {
    expect(await query(executor, '{ __typename q: __typename user { t: __typename name } }')).toEqual({
      data: { __typename: 'Query', q: 'Query', user: { t: 'User', name: 'Ada' } },
    });
    expect(await query(executor, 'mutation { __typename }')).toEqual({ data: { __typename: 'Mutation' } });
  });

  test('introspection stands beside data fields, with aliases, variables and conditions', async () => {
    const source = `query($t: String!, $no: Boolean = false) {
      b s: __schema { queryType { name } } ...T __type(name: "Int") @include(if: $no) { kind }
    } fragment T on Query { t: __type(name: $t) { fields { name } } user { name } }`;
    expect(await query(executor, source, { variables: { t: 'User' } })).toEqual({
      data: {
        b: 5,
        s: { queryType: { name: 'Query' } },
        t: { fields: [{ name: 'id' }, { name: 'name' }, { name: 'score' }] },
        user: { name: 'Ada' },
      },
    });
  });

  test('introspection shows the API and nothing of the composition, and can be switched off', async () => {
    const { data } = await query(executor, getIntrospectionQuery());
    const { types, directives } = (data as unknown as IntrospectionQuery).__schema;
    expect(types.map(({ name }) => name).filter((name) => name.includes('__') && !name.startsWith('__'))).toEqual([]);
    expect(directives.map(({ name }) => name).sort()).toEqual([
      'defer',
      'deprecated',
      'include',
      'oneOf',
      'skip',
      'specifiedBy',
    ]);
    const closed = createFixtureExecutor(createFixtures(), { allowIntrospection: () => false });
    const refused = await query(closed, '{ b __schema { description } }');
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(await query(closed, '{ b __typename }')).toEqual({ data: { b: 5, __typename: 'Query' } });
  });

  test('the named operation of several is run; an unknown or missing name is refused', async () => {
    const source = 'query A { b } query B { user { name } }';
    expect(await query(executor, source, { operationName: 'B' })).toEqual({ data: { user: { name: 'Ada' } } });
    expect(await query(executor, source)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(await query(executor, source, { operationName: 'C' })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('@stream is refused in words', async () => {
    const source = '{ user { friends @stream { name } } }';
    const result = await executor.execute({ document: parse(source), source, context: createContext() });
    expect(result.errors?.[0]?.message).toBe('@stream is not supported: lists are sent whole.');
  });

  test('what a resolver stored is never changed or handed out, frozen or not', async () => {
    const stored = Object.freeze({ list: Object.freeze([Object.freeze({ a: 1 })]) });
    const frozen = createFixtureExecutor({
      a: {
        typeDefs: 'scalar JSON type Query { json: JSON @shareable t: T } type T @key(fields: "j") { j: JSON }',
        resolvers: { Query: { json: () => stored, t: () => Object.freeze({ j: stored }) } },
      },
      b: {
        typeDefs: 'scalar JSON type T @key(fields: "j") { j: JSON size: Int }',
        resolvers: {
          T: { __resolveReference: (t: object) => t, size: ({ j }: { j: { list: unknown[] } }) => j.list.push(0) },
        },
      },
    });
    const source = '{ json t { j size } }';
    const { data } = await frozen.execute({ document: parse(source), source, context: createContext() });
    expect(data).toEqual({ json: stored, t: { j: stored, size: 2 } });
    expect(data?.['json']).not.toBe(stored);
    expect(stored.list).toHaveLength(1);
  });
});
