import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFixtureExecutor } from '../../../tests/conformance/compose-fixture.js';
import { startGateway, transports, type TestGateway } from '../../../tests/security/graph/index.js';
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';

interface Arguments {
  readonly after?: string | null;
  readonly upTo?: number | null;
}

function positionOf(after: string | null | undefined): number {
  const position = Number(after ?? 0);
  if (Number.isInteger(position)) return position;
  throw new RequestError('CURSOR_INVALID', 'This is no cursor.');
}

/** Numbers from the one after `after`, and then what ends the stream. */
async function* count({ after, upTo }: Arguments, end?: RequestError) {
  for (let cursor = positionOf(after) + 1; cursor <= (upTo ?? 3); cursor++) yield { cursor, by: { id: `u${cursor}` } };
  if (end !== undefined) throw end;
}

/** As a subgraph behind a full queue: three at a time, and then too many waited. Past `upTo` it gives nothing and says so. */
async function* overrun({ after, upTo }: Arguments) {
  const position = positionOf(after);
  if (position >= 9 && upTo == null) return;
  const last = Math.min(position + 3, upTo ?? 9);
  yield* count({ after: String(position), upTo: last }, new RequestError('SLOW_CONSUMER', 'Too many wait.'));
}

let gateway: TestGateway;
beforeAll(async () => {
  const executor = createFixtureExecutor({
    feed: {
      typeDefs: `type Query { a: Int } type User @key(fields: "id", resolvable: false) { id: ID! }
        type Subscription { counted(after: ID, upTo: Int): Counted slow: Counted overrun(after: ID, upTo: Int): Counted expired: Counted plain: Int }
        type Counted { cursor: Int! by: User }`,
      resolvers: {
        Subscription: {
          counted: { subscribe: (_: unknown, args: Arguments) => count(args), resolve: (event: unknown) => event },
          slow: {
            subscribe: () => count({}, new RequestError('SLOW_CONSUMER', 'Too slow.')),
            resolve: (event: unknown) => event,
          },
          overrun: { subscribe: (_: unknown, args: Arguments) => overrun(args), resolve: (event: unknown) => event },
          expired: {
            subscribe: () => count({}, new RequestError('CURSOR_EXPIRED', 'Too old.')),
            resolve: (event: unknown) => event,
          },
          plain: {
            async *subscribe() {
              yield { plain: 1 };
            },
          },
        },
      },
    },
    people: {
      typeDefs: `type Query { b: Int } type User @key(fields: "id") { id: ID! name: String }`,
      resolvers: { User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `name of ${id}` }) } },
    },
  });
  gateway = await startGateway({ executor });
});
afterAll(() => gateway.close());

/** The events of a stream, as id and data. */
async function stream(query: string, lastEventId?: string, variables = {}): Promise<[string | undefined, any][]> {
  const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const text = await (await gateway.post({ query, variables }, headers)).text();
  return [...text.matchAll(/^(?:id: (.*)\n)?event: next\ndata: (.*)$/gm)].map(([, id, data]) => [
    id,
    JSON.parse(data ?? ''),
  ]);
}

describe('server-sent events', () => {
  test.each([
    ['subscription { counted { cursor } }', 'counted', (n: number) => ({ cursor: n })],
    ['subscription { c: counted { at: cursor } }', 'c', (n: number) => ({ at: n })],
    ['subscription { counted { by { name } } }', 'counted', (n: number) => ({ by: { name: `name of u${n}` } })],
    [
      'subscription { ...F } fragment F on Subscription { counted { ... { by { id } } } }',
      'counted',
      (n: number) => ({ by: { id: `u${n}` } }),
    ],
    [
      'subscription { counted { by { id } _weft_cursor: by { id } } }',
      'counted',
      (n: number) => ({ by: { id: `u${n}` }, _weft_cursor: { id: `u${n}` } }),
    ],
    [
      'subscription ($no: Boolean = false) { counted { cursor @include(if: $no) by { id } } }',
      'counted',
      (n: number) => ({ by: { id: `u${n}` } }),
    ],
  ])('carry the cursor as their id, and nothing that was not asked for: %s', async (query, key, expected) => {
    expect(await stream(query)).toEqual([1, 2, 3].map((n) => [String(n), { data: { [key]: expected(n) } }]));
  });

  test.each([
    ['subscription { counted { cursor } }', {}],
    ['subscription { counted(after: 0) { cursor } }', {}],
    ['subscription ($after: ID) { counted(after: $after, upTo: 3) { cursor } }', { after: '0' }],
    ['query Q { a } subscription S { ...F } fragment F on Subscription { counted { cursor } }', {}],
  ])('go on after the header Last-Event-ID, whatever the operation says: %s', async (query, variables) => {
    const operationName = query.startsWith('query') ? 'S' : undefined;
    const headers = { accept: 'text/event-stream', 'last-event-id': '2' };
    const text = await (await gateway.post({ query, variables, operationName }, headers)).text();
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 3']);
  });

  test('begin at the beginning when the header is empty, and refuse one that is no cursor', async () => {
    expect(await stream('subscription { counted { cursor } }', '')).toHaveLength(3);
    const [event] = await stream('subscription { counted { cursor } }', 'x');
    expect(event?.[1].errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });

  test('have no id where there is no cursor', async () => {
    expect(await stream('subscription { plain }', '7')).toEqual([[undefined, { data: { plain: 1 } }]]);
  });
});

describe.each(['WebSocket', 'server-sent events'] as const)('over %s', (transport) => {
  test('what ends a stream says where to go on, also to a caller who did not ask for cursors', async () => {
    const { results } = await transports[transport](gateway, { query: 'subscription { slow { by { id } } }' });
    expect(results.slice(0, 3)).toEqual([1, 2, 3].map((n) => ({ data: { slow: { by: { id: `u${n}` } } } })));
    expect(results[3]).toMatchObject({
      data: { slow: null },
      errors: [{ message: 'Too slow.', extensions: { code: 'SLOW_CONSUMER', cursor: '3' } }],
    });
    expect(results).toHaveLength(4);
  });

  test('what overran a bound on its way goes on at its cursor, each event once, until nothing comes of it', async () => {
    const query = (args: string) => `subscription { overrun${args} { by { id } } }`;
    const whole = await transports[transport](gateway, { query: query('(after: 0)') });
    const each = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({ data: { overrun: { by: { id: `u${n}` } } } }));
    expect(whole.results).toEqual(each);
    const { results } = await transports[transport](gateway, { query: query('(upTo: 5)') });
    expect(results.slice(0, 5)).toEqual(each.slice(0, 5));
    expect(results.slice(5)).toMatchObject([{ errors: [{ extensions: { code: 'SLOW_CONSUMER', cursor: '5' } }] }]);
  });

  test('an expired cursor is no place to go on', async () => {
    const { errors } = await transports[transport](gateway, { query: 'subscription { expired { cursor } }' });
    expect(errors).toMatchObject([{ message: 'Too old.', extensions: { code: 'CURSOR_EXPIRED' } }]);
    expect(errors[0]?.extensions).toEqual({ code: 'CURSOR_EXPIRED' });
  });
});
