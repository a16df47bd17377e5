import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestDatabase } from '../testkit/index.js';
import { ask, askWell, callersOf, domains } from './every-domain.js';
import { openSeededDatabase } from './seeded-database.js';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openSeededDatabase();
});
afterAll(() => opened.close());

describe('a condition on a relation', () => {
  test('sees no row that the caller may not see', async () => {
    const { schema } = domains.find(({ name }) => name === 'scanning-and-wallets')!;
    const [, owner] = await callersOf(opened);
    const query =
      '{ accounts(filter: { scanJobs: { some: {} } }) { totalCount } wallets(filter: { account: { scanJobs: { some: {} } } }) { totalCount } }';
    const all = await askWell(opened, schema, query);
    const own = await askWell(opened, schema, query, owner);
    expect(own.accounts.totalCount).toBeLessThanOrEqual(1);
    expect(all.accounts.totalCount).toBeGreaterThan(own.accounts.totalCount);
  });

  test('may follow three relations, and a fourth is refused', async () => {
    const { schema } = domains.find(({ name }) => name === 'workflow')!;
    const nested = (depth: number, ofItem = true): string => {
      if (depth === 0) return '{ id: { isNull: false } }';
      const below = nested(depth - 1, !ofItem);
      return ofItem ? `{ workOrder: ${below} }` : `{ workItems: { some: ${below} } }`;
    };
    const asked = (depth: number) => ask(opened, schema, `{ workItems(filter: ${nested(depth)}) { totalCount } }`);
    expect((await asked(3)).errors).toEqual([]);
    expect((await asked(4)).errors).toEqual([expect.stringContaining('may follow 3 relations')]);
  });

  test('may be nested to eight levels, and deeper is refused', async () => {
    const { schema } = domains.find(({ name }) => name === 'workflow')!;
    const nested = (depth: number): string =>
      depth === 1 ? '{ id: { isNull: false } }' : `{ not: ${nested(depth - 1)} }`;
    const asked = (depth: number) => ask(opened, schema, `{ workItems(filter: ${nested(depth)}) { totalCount } }`);
    expect((await asked(8)).errors).toEqual([]);
    expect((await asked(9)).errors).toEqual([expect.stringContaining('8 levels deep')]);
  });
});
