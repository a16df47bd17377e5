import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway, transports, type TestGateway, type Transport } from './graph/index.js';
import type { Question } from './graph/clients.js';

let gateway: TestGateway;
let token: string;

const limits = {
  maxDocumentLength: 4_000,
  maxTokens: 300,
  maxDepth: 6,
  maxAliases: 10,
  maxRootFields: 5,
  maxDirectives: 5,
  maxRepeatedFields: 5,
  maxFields: 40,
  maxCost: 1_000,
};

beforeAll(async () => {
  gateway = await startGateway({ limits });
  token = await gateway.mint.mint({ scopes: ['safe:open'] });
});
afterAll(() => gateway.close());

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');
/** Each fragment spreads the next twice: with the last, two to the power of `steps` times `field`. */
const doubling = (steps: number, field = '__typename') =>
  `{ ...F0 } ${times(steps, (i) => `fragment F${i} on Query { ${i + 1 < steps ? `...F${i + 1} ...F${i + 1}` : field} }`)}`;
const nested = (depth: number) =>
  `{ items { nodes { ${'related { nodes { '.repeat(depth)} id ${'} }'.repeat(depth)} } } }`;
const page = 'query ($first: Int) { items(first: $first) { nodes { related(first: 10) { nodes { id } } } } }';
const byDefault = 'query ($first: Int = 900) { items(first: $first) { nodes { id } } }';

interface Case {
  readonly limit: string;
  readonly within: Question;
  readonly beyond: Question;
}

const cases: Case[] = [
  {
    limit: 'documentLength',
    within: { query: `{ hello } # ${'x'.repeat(3_000)}` },
    beyond: { query: `{ hello } # ${'x'.repeat(4_000)}` },
  },
  {
    limit: 'tokens',
    within: { query: `{ ${times(5, () => 'hello')} }` },
    beyond: { query: `{ hello ${'hello '.repeat(300)} }` },
  },
  { limit: 'depth', within: { query: nested(1) }, beyond: { query: nested(3) } },
  {
    limit: 'aliases',
    within: { query: `{ users { ${times(10, (i) => `a${i}: id`)} } }` },
    beyond: { query: `{ users { ...F more: id } } fragment F on User { ${times(10, (i) => `a${i}: __typename`)} }` },
  },
  {
    limit: 'rootFields',
    within: { query: `{ ${times(5, (i) => `a${i}: hello`)} }` },
    beyond: { query: `{ ...F a5: hello } fragment F on Query { ${times(5, (i) => `a${i}: hello`)} }` },
  },
  {
    limit: 'directives',
    within: { query: `{ hello ${times(1, () => '@include(if: true)')} }` },
    beyond: { query: `{ hello @include(if: true) @skip(if: false) ${times(4, () => '@include(if: true)')} }` },
  },
  {
    limit: 'repeatedFields',
    within: { query: `{ ${times(6, () => 'hello')} }` },
    beyond: { query: `{ ${times(7, () => 'hello')} }` },
  },
  {
    limit: 'fields',
    within: { query: '{ users { ...F } } fragment F on User { id name stars }' },
    beyond: {
      query: `{ ${times(5, (i) => `a${i}: users { ...F }`)} }
        fragment F on User { id name email login salary bonus stars __typename }`,
    },
  },
  {
    limit: 'expansion',
    within: { query: doubling(5, 'hello') },
    beyond: { query: doubling(9, 'hello') },
  },
  { limit: 'expansion', within: { query: doubling(5) }, beyond: { query: doubling(14) } },
  {
    limit: 'expansion',
    // Many operations that share a fragment cost as much as one that spreads it many times.
    within: { query: `${times(3, (i) => `query A${i} { ...F }`)} fragment F on Query { hello }`, operationName: 'A1' },
    beyond: {
      query: `${times(30, (i) => `query A${i} { ...F }`)} fragment F on Query { users { id name email login stars bonus salary } }`,
      operationName: 'A1',
    },
  },
  {
    limit: 'nesting',
    within: { query: '{ sum(numbers: [1, 2]) }' },
    beyond: { query: `{ sum(numbers: ${'['.repeat(100)}${']'.repeat(100)}) }` },
  },
  {
    limit: 'nesting',
    within: { query: 'query ($n: [Int!]) { sum(numbers: $n) }', variables: { n: [] } },
    beyond: { query: `query ($n: ${'['.repeat(100)}Int${']'.repeat(100)}) { hello }` },
  },
  {
    limit: 'cost',
    within: { query: page, variables: { first: 83 } },
    beyond: { query: page, variables: { first: 84 } },
  },
  { limit: 'cost', within: { query: page }, beyond: { query: page, variables: { first: 1_000_000_000 } } },
  { limit: 'cost', within: { query: byDefault }, beyond: { query: byDefault, variables: { first: 1_000 } } },
  {
    limit: 'nesting',
    within: { query: 'query ($n: [Int!]) { sum(numbers: $n) }', variables: { n: [1, 2] } },
    beyond: {
      query: 'query ($n: [Int!]) { sum(numbers: $n) }',
      variables: JSON.parse(`{"n":${'['.repeat(100)}${']'.repeat(100)}}`) as Record<string, unknown>,
    },
  },
];

describe.each(Object.entries(transports) as [Transport, (typeof transports)[Transport]][])('over %s', (name, ask) => {
  test.each(cases.map((entry, index) => [entry.limit, index, entry] as const))(
    'the limit of %s lets in what is within it, and names itself to what is beyond (case %i)',
    async (limit, _index, { within, beyond }) => {
      expect((await ask(gateway, within, token)).errors).toEqual([]);
      const { errors } = await ask(gateway, beyond, token);
      expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit, maximum: expect.any(Number) } }]);
    },
  );

  test('introspection is charged nothing', async () => {
    const query = '{ __schema { types { fields { type { ofType { ofType { ofType { ofType { name } } } } } } } } }';
    expect((await ask(gateway, { query })).errors).toEqual([]);
  });

  if (name === 'WebSocket' || name === 'server-sent events') {
    test('a subscription is within the same limits', async () => {
      const query = `subscription { ticks(count: 1) { ${times(11, (i) => `a${i}: number`)} } }`;
      expect((await ask(gateway, { query })).errors).toMatchObject([{ extensions: { limit: 'aliases', value: 11 } }]);
    });
  }
});

test('a expensive operation is told what it costs, what is allowed, and how to ask for less', async () => {
  const answer = await gateway.post({ query: page, variables: { first: 84 } });
  expect(await answer.json()).toMatchObject({
    errors: [
      {
        message:
          'The operation costs 1009, and at most 1000 is allowed (WEFT_MAX_COST): an object costs 1, conditions and totals more. ' +
          'The most expensive part is items (84) × related (10). ' +
          'Ask for smaller pages (first, last), fewer pages inside pages, or fewer conditions.',
        extensions: {
          limit: 'cost',
          fields: [
            { field: 'items', size: 84 },
            { field: 'related', size: 10 },
          ],
        },
      },
    ],
  });
});

test('a list of operations is refused where batching is off, and past its limit where it is on', async () => {
  const batch = [{ query: '{ hello }' }, { query: '{ whoami }' }];
  const off = await gateway.post(batch);
  expect([off.status, await off.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
  const batching = await startGateway({ limits: { maxBatch: 2 } });
  const on = await batching.post(batch);
  expect(await on.json()).toEqual([{ data: { hello: 'hello world' } }, { data: { whoami: null } }]);
  const beyond = await batching.post([...batch, ...batch]);
  expect(await beyond.json()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'batch' } }] });
  await batching.close();
});

test('a document that is hostile to validation is refused before it', async () => {
  const plain = await startGateway();
  const repeated = `{ ${'hello '.repeat(4_000)} }`;
  const cycles = `{ ...A } ${times(200, (i) => `fragment ${i === 0 ? 'A' : `A${i}`} on Query { ...A${i + 1} ...A${i + 2} hello }`)}`;
  const values = `{ sum(numbers: ${'['.repeat(4_000)}${']'.repeat(4_000)}) }`;
  const deep = '{ a '.repeat(900) + '}'.repeat(900);
  const long = `{ sum(numbers: [${'1 '.repeat(6_000)}]) }`;
  const unreached = `{ hello } ${doubling(30).slice('{ ...F0 }'.length)}`;
  const spreading = `{ ...F0 } ${times(20, (i) => `fragment F${i} on Query { ${i < 19 ? `...F${i + 1} `.repeat(20) : '__typename'} }`)}`;
  for (const [limit, query] of [
    ['expansion', doubling(30)],
    ['expansion', spreading],
    ['expansion', unreached],
    ['fields', repeated],
    ['expansion', cycles],
    ['depth', values],
    ['depth', deep],
    ['tokens', long],
  ]) {
    const answer = await (await plain.post({ query })).json();
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit } }] });
  }
  await plain.close();
});

test('validation stops at the first few errors, over every transport', async () => {
  const plain = await startGateway();
  const query = `{ users { ${times(900, (i) => `nmae${i}`)} } }`;
  for (const ask of Object.values(transports)) {
    const { errors } = await ask(plain, { query: query.slice(0, 4_000).replace(/ \S*$/, '} }') });
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.length).toBeLessThan(10);
  }
  await plain.close();
});
