import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startForeignGateway, type ForeignGateway } from '../foreign-gateway.js';

const G = { accept: 'application/graphql-response+json' };
let gateway: ForeignGateway;
let patient: ForeignGateway;

const subgraphs = {
  quick: {
    typeDefs: `type Query { info: String items: [Item!] } type Mutation { quickly: String after: String }
      type Item @key(fields: "id") { id: ID! name: String }`,
    answer: ({ text }: { text: string }) => ({
      body: JSON.stringify({
        data: { info: 'i', items: [{ __typename: 'Item', id: '1', name: 'n' }], ...mutationNames(text) },
      }),
    }),
  },
  hanging: {
    typeDefs: `type Query { version: String sure: String! } type Mutation { touch: String }
      type Item @key(fields: "id") { id: ID! stock: Int }`,
    answer: () => undefined,
  },
};

/** A mutation's fields are asked for under names of the gateway's own. */
function mutationNames(text: string): Record<string, string> {
  const { query } = JSON.parse(text) as { query: string };
  return Object.fromEntries([...query.matchAll(/(\w+)\s*:/g)].map(([, name]) => [name as string, 'done']));
}

beforeAll(async () => {
  gateway = await startForeignGateway(subgraphs, { server: { http: { operationTimeoutMilliseconds: 2_000 } } });
  patient = await startForeignGateway(subgraphs, {
    executor: { fetchTimeoutMilliseconds: 2_000, transport: { timeoutMilliseconds: 2_000 } },
  });
  // What a first answer has to load and compile is not to count as the quick part's time.
  for (const warm of [gateway, patient]) {
    for (const query of ['{ info }', '{ items { id name } }', 'mutation { quickly }']) await ask(warm, query);
  }
});
afterAll(() => Promise.all([gateway.close(), patient.close()]));

async function ask(to: ForeignGateway, query: string) {
  const { status, text } = await to.post({ query }, G);
  const { data, errors } = JSON.parse(text) as {
    data?: unknown;
    errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[];
  };
  return { status, data, errors: errors ?? [] };
}

test.each([
  ['the time of the request', () => gateway],
  ['the time of a fetch', () => patient],
])('a part that outlasts %s costs only itself, with one error', async (_, of) => {
  const cases: [string, unknown, unknown[]][] = [
    ['{ info version }', { info: 'i', version: null }, ['version']],
    ['{ items { id name stock } }', { items: [{ id: '1', name: 'n', stock: null }] }, ['items', 0, 'stock']],
    ['mutation { touch }', { touch: null }, ['touch']],
    ['{ info sure }', null, ['sure']],
  ];
  const answers = await Promise.all(cases.map(([query]) => ask(of(), query)));
  answers.forEach((answer, i) => {
    const [query, data, path] = cases[i] as (typeof cases)[number];
    expect({ query, ...answer }).toMatchObject({ query, status: 200, data });
    expect(answer.errors).toMatchObject([{ path, extensions: { code: 'TIMEOUT', subgraph: 'hanging' } }]);
    expect(answer.errors).toHaveLength(1);
  });
});

describe('a mutation', () => {
  test('begins nothing more once the time of the request is over', async () => {
    const before = gateway.asked['quick']?.length ?? 0;
    const { data, errors } = await ask(gateway, 'mutation { touch after }');
    expect(data).toEqual({ touch: null, after: null });
    expect(errors).toHaveLength(2);
    expect(gateway.asked['quick']).toHaveLength(before);
  });

  test('says of a fetch that was given up that it may have taken effect', async () => {
    const { errors } = await ask(patient, 'mutation { touch }');
    expect(errors[0]?.message).toContain('may be done all the same');
  });

  test('goes on after a field whose own time was over, while the request has time', async () => {
    const { data } = await ask(patient, 'mutation { touch after }');
    expect(data).toMatchObject({ touch: null, after: 'done' });
  });
});
