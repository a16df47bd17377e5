import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { TestDatabase } from '../testkit/index.js';
import { ask as askOf, domains } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

const ask = (schema: GraphQLSchema, query: string, caller?: Identity) => askOf(opened, schema, query, caller);

describe('groups', () => {
  const { schema } = domains.find(({ name }) => name === 'scanning-and-wallets')!;
  const groups = (args: string, selection = 'key { type createdAt } aggregate { count sum { amount } }') =>
    ask(schema, `{ creditTransactions { groupBy(${args}) { ${selection} } } }`);
  const byType = 'fields: [{ field: TYPE }]';
  const counts = (list: any[]): number[] => list.map(({ aggregate }) => aggregate.count);

  test('come by their keys, or in the order that is asked for, the first first', async () => {
    const all = (await groups(byType)).data.creditTransactions.groupBy;
    const ordered = (await groups(`${byType}, orderBy: [{ measure: COUNT, direction: DESC }]`)).data.creditTransactions
      .groupBy;
    expect(counts(ordered)).toEqual(counts(all).sort((one, other) => other - one));
    const bySum = (await groups(`${byType}, orderBy: [{ measure: SUM, field: AMOUNT, direction: DESC }], first: 2`))
      .data;
    const sums = all.map((group: any) => group.aggregate.sum.amount as number);
    expect(bySum.creditTransactions.groupBy.map((group: any) => group.aggregate.sum.amount)).toEqual(
      sums.sort((one: number, other: number) => other - one).slice(0, 2),
    );
    const backward = (await groups(`${byType}, orderBy: [{ key: TYPE, direction: DESC }]`)).data.creditTransactions
      .groupBy;
    expect(backward).toEqual([...all].reverse());
  });

  test('are kept by conditions on their figures', async () => {
    const all = (await groups(byType)).data.creditTransactions.groupBy;
    const few = (await groups(`${byType}, having: { or: [{ count: { lt: 30 } }, { sum: { amount: { gt: 1000 } } }] }`))
      .data;
    expect(few.creditTransactions.groupBy).toEqual(
      all.filter(({ aggregate }: any) => aggregate.count < 30 || aggregate.sum.amount > 1000),
    );
    const others = (await groups(`${byType}, having: { not: { count: { lt: 30 } } }`)).data.creditTransactions.groupBy;
    expect(others).toEqual(all.filter(({ aggregate }: any) => aggregate.count >= 30));
  });

  test('are over the items that the connection’s filter keeps, whatever page is asked for', async () => {
    const { data } = await ask(
      schema,
      `{ creditTransactions(first: 1, filter: { amount: { gt: 0 } }) { totalCount nodes { id } aggregate { count min { amount } } groupBy(${byType}) { aggregate { count } } } }`,
    );
    const { totalCount, nodes, aggregate, groupBy } = data.creditTransactions;
    expect(nodes).toHaveLength(1);
    expect(aggregate.count).toBe(totalCount);
    expect(aggregate.min.amount).toBeGreaterThan(0);
    expect(counts(groupBy).reduce((total, count) => total + count, 0)).toBe(totalCount);
  });

  test('of moments begin where the time zone’s spans do', async () => {
    const keys = async (args: string): Promise<string[]> =>
      (await groups(`fields: [{ field: CREATED_AT, ${args} }], first: 1000`)).data.creditTransactions.groupBy.map(
        ({ key }: any) => key.createdAt,
      );
    const berlin = await keys('bucket: DAY, timeZone: "Europe/Berlin"');
    for (const key of berlin) {
      const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'medium' }).format(
        new Date(key),
      );
      expect(local).toBe('00:00:00');
    }
    for (const key of await keys('bucket: WEEK')) expect(new Date(key).getUTCDay()).toBe(1);
    for (const key of await keys('bucket: QUARTER')) expect([0, 3, 6, 9]).toContain(new Date(key).getUTCMonth());
    for (const key of await keys('bucket: YEAR')) expect(key).toMatch(/-01-01T00:00:00.000000Z$/);
    for (const key of await keys('bucket: HOUR')) expect(key).toMatch(/:00:00.000000Z$/);
  });

  test('by what a relation leads to have the entity as their key, with one statement more however many there are', async () => {
    const { data, statements } = await groups(
      'fields: [{ field: WALLET }]',
      'key { wallet { id creditBalance } } aggregate { count }',
    );
    const found = data.creditTransactions.groupBy;
    expect(found.length).toBeGreaterThan(1);
    for (const { key } of found) expect(key.wallet.id).toMatch(/^Wallet:/);
    expect(statements).toBe(2);
  });

  test('of every parent’s connection are in the parent’s own statement', async () => {
    const { data, statements } = await ask(
      schema,
      `{ wallets { nodes { creditTransactions(first: 2) { nodes { id } aggregate { count sum { amount } } groupBy(${byType}) { aggregate { count } } } } } }`,
    );
    for (const { creditTransactions: list } of data.wallets.nodes) {
      expect(counts(list.groupBy).reduce((total, count) => total + count, 0)).toBe(list.aggregate.count);
    }
    expect(statements).toBe(1);
  });

  test.each([
    ['fields: []', 'groupBy.fields must have 1 to 8 fields.'],
    ['fields: [{ field: TYPE }, { field: TYPE }]', 'groupBy.fields names a field twice.'],
    ['fields: [{ field: TYPE, bucket: DAY }]', 'TYPE has no time buckets'],
    ['fields: [{ field: CREATED_AT, timeZone: "Europe/Berlin" }]', 'timeZone goes with a bucket'],
    ['fields: [{ field: CREATED_AT, bucket: DAY, timeZone: "Mars/Olympus" }]', 'timeZone must be a name'],
    ['fields: [{ field: CREATED_AT, bucket: DAY, timeZone: "+02:00" }]', 'timeZone must be a name'],
    [`${byType}, first: 0`, 'groupBy.first must be 1 to 1000, got 0.'],
    [`${byType}, first: 1001`, 'groupBy.first must be 1 to 1000, got 1001.'],
    [`${byType}, orderBy: [{ direction: ASC }]`, 'give either key or measure'],
    [`${byType}, orderBy: [{ key: CREATED_AT }]`, 'CREATED_AT is not among the fields'],
    [`${byType}, orderBy: [{ measure: SUM }]`, 'SUM needs a field'],
  ])('%s is refused, and the caller is told why', async (args, message) => {
    const { errors } = await groups(args);
    expect(errors).toEqual([expect.stringContaining(message)]);
  });

  test('a fraction outside 0 to 1 is refused', async () => {
    const { errors } = await ask(
      schema,
      '{ creditTransactions { aggregate { percentile(fraction: 1.5) { amount } } } }',
    );
    expect(errors).toEqual(['percentile.fraction must be 0 to 1, got 1.5.']);
  });

  test('a caller who may see nothing gets figures over nothing', async () => {
    const query = `{ creditTransactions { totalCount aggregate { count countDistinct(field: TYPE) sum { amount } percentile(fraction: 0.5) { amount } } groupBy(${byType}) { aggregate { count } } } }`;
    const { data, errors } = await ask(schema, query, Identity.of({ subject: 'nobody', scopes: [] }));
    expect(errors).toEqual([]);
    expect(data.creditTransactions).toEqual({
      totalCount: 0,
      aggregate: { count: 0, countDistinct: 0, sum: { amount: null }, percentile: { amount: null } },
      groupBy: [],
    });
  });
});
