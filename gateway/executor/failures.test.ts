import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import {
  createContext,
  createFixtureExecutor,
  query,
  type FixtureOptions,
  type SubgraphFixtures,
} from '../../tests/conformance/compose-fixture.js';
import type { SubgraphFailure, SubgraphTransport } from './types.js';

const fixtures: SubgraphFixtures = {
  shop: {
    typeDefs: `type Query { items: [Item!]! open: Boolean fail(how: String!): Int }
      type Subscription { items: Item broken: Item }
      type Item @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        items: () => [{ id: '1' }, { id: '2' }],
        open: () => true,
        fail: (_: unknown, { how }: { how: string }) => {
          if (how === 'coded')
            throw new RequestError('FORBIDDEN', 'Ask first.', { extensions: { requiredScopes: ['x'] } });
          throw new Error('relation "users" does not exist at 10.0.0.3');
        },
      },
      Subscription: {
        items: {
          async *subscribe() {
            yield { items: { id: '1' } };
            yield { items: { id: '2' } };
          },
        },
        broken: {
          async *subscribe() {
            yield { broken: { id: '1' } };
            throw new RequestError('CURSOR_EXPIRED', 'The cursor is too old.');
          },
        },
      },
    },
  },
  stock: {
    typeDefs: `type Query { depots: [String] capacity: Int! } type Item @key(fields: "id") { id: ID! count: Int sure: Int! }`,
    resolvers: { Query: { depots: () => ['d'] }, Item: { count: () => 4, sure: () => 1 } },
  },
};

function createBroken() {
  const failures: SubgraphFailure[] = [];
  const executor = createFixtureExecutor(fixtures, {
    reportFailure: (failure) => failures.push(failure),
    wrap: (transport, name) =>
      name === 'stock'
        ? { ...transport, execute: () => Promise.reject(new Error('ECONNREFUSED 10.0.0.2')) }
        : transport,
  });
  return { executor, failures };
}

describe('a subgraph that is down', () => {
  test('nulls its own fields with one error for each fetch, and nothing else', async () => {
    const { executor, failures } = createBroken();
    const result = await query(executor, '{ open depots items { id count } }');
    expect(result.data).toEqual({
      open: true,
      depots: null,
      items: [
        { id: '1', count: null },
        { id: '2', count: null },
      ],
    });
    expect(result.errors).toMatchObject([
      { path: ['depots'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'stock' } },
      { path: ['items', 0, 'count'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'stock' } },
    ]);
    expect(failures.map(({ message }) => message)).toEqual(['ECONNREFUSED 10.0.0.2', 'ECONNREFUSED 10.0.0.2']);
    expect(failures.map(({ errorId }) => errorId)).toEqual(
      result.errors?.map(({ extensions }) => extensions?.['errorId']),
    );
    expect(JSON.stringify(result)).not.toContain('10.0.0.2');
  });

  test('nulls what a non-null field of it takes along, still with that one error', async () => {
    const { executor } = createBroken();
    const result = await query(executor, '{ items { sure } }');
    expect(result.data).toBeNull();
    expect(result.errors).toHaveLength(1);
    expect(await query(executor, '{ open capacity }')).toMatchObject({ data: null, errors: [{ path: ['capacity'] }] });
  });

  test('that answers neither data nor errors counts as down', async () => {
    const executor = createFixtureExecutor(fixtures, {
      wrap: (transport, name) => (name === 'stock' ? { ...transport, execute: () => ({}) } : transport),
    });
    expect(await query(executor, '{ open items { count } }')).toMatchObject({
      data: { open: true, items: [{ count: null }, { count: null }] },
      errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    });
  });
});

describe('errors of subgraphs', () => {
  test.each([0, Infinity])(
    'are masked unless their code is one for callers (compiled after %d executions)',
    async (compileAfter) => {
      const failures: SubgraphFailure[] = [];
      const executor = createFixtureExecutor(fixtures, {
        compileAfter,
        reportFailure: (failure) => failures.push(failure),
      });
      const result = await query(executor, '{ a: fail(how: "coded") b: fail(how: "bug") open }');
      expect(result.data).toEqual({ a: null, b: null, open: true });
      expect(result.errors).toMatchObject([
        { message: 'Ask first.', path: ['a'], extensions: { code: 'FORBIDDEN', requiredScopes: ['x'] } },
        { message: 'Internal error.', path: ['b'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
      ]);
      expect(failures).toMatchObject([{ subgraph: 'shop', errorId: result.errors?.[1]?.extensions?.['errorId'] }]);
      expect(failures[0]?.message).toContain('relation "users"');
    },
  );

  test('pass whole when masking is off, but for stack traces', async () => {
    const executor = createFixtureExecutor(fixtures, {
      maskErrors: false,
      wrap: (transport) => ({
        ...transport,
        execute: () => ({
          data: { open: null },
          errors: [{ message: 'why', path: ['open'], extensions: { stacktrace: ['at'], mine: 1 } }] as never,
        }),
      }),
    });
    expect((await query(executor, '{ open }')).errors).toEqual([
      { message: 'why', path: ['open'], extensions: { mine: 1 } },
    ]);
  });
});

describe('subscriptions', () => {
  const collect = async (source: string, options: FixtureOptions = {}) => {
    const contexts = new Set<unknown>();
    const executor = createFixtureExecutor(fixtures, {
      wrap: (transport) => ({
        ...transport,
        execute: (request) => (contexts.add(request.context.perSubgraph), transport.execute(request)),
      }),
      ...options,
    });
    const events = await executor.subscribe({ document: parse(source), source, context: createContext() });
    if (!(Symbol.asyncIterator in events)) return { events: [events], contexts };
    const collected: unknown[] = [];
    for await (const event of events) collected.push(JSON.parse(JSON.stringify(event)));
    return { events: collected, contexts };
  };

  test('answer each event over the whole graph, with a context of its own', async () => {
    const { events, contexts } = await collect('subscription { items { id count } }');
    expect(events).toEqual([{ data: { items: { id: '1', count: 4 } } }, { data: { items: { id: '2', count: 4 } } }]);
    expect(contexts.size).toBe(2);
  });

  test.each([
    ['its stream', (transport: SubgraphTransport) => transport],
    [
      'its transport',
      (transport: SubgraphTransport): SubgraphTransport => ({
        ...transport,
        subscribe: async () =>
          (async function* () {
            yield { data: { broken: { id: '1' } } };
            throw new RequestError('CURSOR_EXPIRED', 'The cursor is too old.');
          })(),
      }),
    ],
  ])('say why they end when %s breaks, and an expected reason is no fault of the subgraph', async (_, wrap) => {
    const failures: SubgraphFailure[] = [];
    const reportFailure = (failure: SubgraphFailure) => void failures.push(failure);
    const { events } = await collect('subscription { broken { id } }', { wrap, reportFailure });
    expect(events).toEqual([
      { data: { broken: { id: '1' } } },
      {
        data: { broken: null },
        errors: [
          expect.objectContaining({ message: 'The cursor is too old.', extensions: { code: 'CURSOR_EXPIRED' } }),
        ],
      },
    ]);
    expect(failures).toEqual([]);
  });

  test('end at once when the caller leaves, also while no event comes', async () => {
    let subgraphSignal: AbortSignal | undefined;
    const executor = createFixtureExecutor(fixtures, {
      wrap: (transport) => ({
        ...transport,
        subscribe: async ({ context }) => {
          subgraphSignal = context.signal;
          return (async function* () {
            await new Promise(() => {});
            yield {};
          })();
        },
      }),
    });
    const caller = new AbortController();
    const source = 'subscription { items { id } }';
    const events = await executor.subscribe({
      document: parse(source),
      source,
      context: createContext({ signal: caller.signal }),
    });
    if (!(Symbol.asyncIterator in events)) throw new Error('no stream');
    const waiting = events.next();
    caller.abort();
    expect((await waiting).done).toBe(true);
    expect(subgraphSignal?.aborted).toBe(true);
  });

  test('give no half an answer when they are ended while an event is being answered', async () => {
    let askedFor: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (askedFor = resolve));
    const executor = createFixtureExecutor(fixtures, {
      wrap: (transport) => ({
        ...transport,
        execute: ({ context }) => {
          askedFor?.();
          return new Promise((_, reject) => context.signal?.addEventListener('abort', reject, { once: true }));
        },
      }),
    });
    const source = 'subscription { items { id count } }';
    const events = await executor.subscribe({ document: parse(source), source, context: createContext() });
    if (!(Symbol.asyncIterator in events)) throw new Error('no stream');
    const waiting = events.next();
    await asked;
    await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('are refused by execute, and queries by subscribe', async () => {
    const executor = createFixtureExecutor(fixtures);
    expect(await query(executor, 'subscription { items { id } }')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    const source = '{ open }';
    expect(await executor.subscribe({ document: parse(source), source, context: createContext() })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});
