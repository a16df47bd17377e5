import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestDatabase } from '../testkit/index.js';
import { ask, askWell, domains } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

describe('orders', () => {
  const { schema } = domains.find(({ name }) => name === 'scanning-and-wallets')!;

  test('of several keys are by the first, and by the next where that is equal', async () => {
    const { list } = await askWell(
      opened,
      schema,
      '{ list: creditTransactions(first: 100, orderBy: { field: TYPE, direction: ASC, thenBy: [{ field: AMOUNT, direction: DESC }] }) { nodes { type amount } } }',
    );
    const nodes = list.nodes as { type: string; amount: number }[];
    for (const [index, node] of nodes.slice(1).entries()) {
      const before = nodes[index]!;
      if (before.type === node.type) expect(before.amount).toBeGreaterThanOrEqual(node.amount);
    }
    const types = nodes.map(({ type }) => type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([...new Set(types)]);
  });

  test('may have four keys, and a fifth is refused', async () => {
    const keys = ['AMOUNT', 'TYPE', 'ACTOR', 'REFERENCE', 'BALANCE_AFTER'];
    const order = (count: number) =>
      keys
        .slice(1, count)
        .map((field) => `{ field: ${field} }`)
        .join(', ');
    const asked = (count: number) =>
      ask(
        opened,
        schema,
        `{ creditTransactions(orderBy: { field: AMOUNT, thenBy: [${order(count)}] }) { totalCount nodes { id } } }`,
      );
    expect((await asked(4)).errors).toEqual([]);
    expect((await asked(5)).errors).toEqual(['orderBy may have 4 keys, got 5.']);
  });
});

describe('an order by what a relation leads to', () => {
  const { schema } = domains.find(({ name }) => name === 'workflow')!;
  const asked = (orderBy: string) => ask(opened, schema, `{ evalResults(orderBy: ${orderBy}) { nodes { id } } }`);

  test.each([
    ['{}'],
    ['{ direction: DESC }'],
    ['{ field: SCORE, workItem: { field: VERSION } }'],
    ['{ workItem: { field: VERSION }, attempt: { field: NUMBER } }'],
  ])('%s is refused: one thing orders', async (orderBy) => {
    expect((await asked(orderBy)).errors).toEqual(['orderBy: give a field, or one relation.']);
  });

  test('may follow three relations, and a fourth is refused', async () => {
    const { errors } = await asked('{ attempt: { workItem: { runStep: { field: KEY } } } }');
    expect(errors).toEqual([]);
    const fourth = await asked('{ attempt: { workItem: { runStep: { run: { field: STATUS } } } } }');
    expect(fourth.errors).toEqual(['An order may follow 3 relations, one below the other.']);
  });
});

describe('a forged cursor', () => {
  test.each([['STATUS'], ['PRIORITY'], ['CREATED_AT'], ['RETRY_COUNT'], ['REQUIRES_APPROVAL']])(
    'of the order by %s is refused as such',
    async (value) => {
      const { schema } = domains.find(({ name }) => name === 'workflow')!;
      const id = '00000000-0000-4000-8000-000000000000';
      for (const forged of ['nonsense', '', 7, true, [1]]) {
        const cursor = Buffer.from(JSON.stringify([`WorkItem.${value}_ASC`, forged, id])).toString('base64url');
        const query = `{ workItems(orderBy: { field: ${value} }, after: "${cursor}") { nodes { id } } }`;
        const { errors } = await ask(opened, schema, query);
        // A number or a yes or no that fits its column is a place like any other.
        const fits = (value === 'RETRY_COUNT' && forged === 7) || (value === 'REQUIRES_APPROVAL' && forged === true);
        expect([forged, errors]).toEqual([forged, fits ? [] : [expect.stringContaining('cursor')]]);
      }
    },
  );
});
