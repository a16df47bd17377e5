import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seed, type SeedProgress } from '../../prisma/seed.js';
import { storeBasics, storeChapter } from '../../prisma/seed/store-chapter.js';
import { productChapter, productOf } from '../../prisma/seed/volume/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { auditTrailSealed, describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { valueOf } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

test('each product is another repository, and the same one every time', () => {
  const names = Array.from({ length: 295 }, (_, number) => productOf(number).fullName);
  expect(new Set(names).size).toBe(295);
  expect(productChapter(41)).toEqual(productChapter(41));
});

test('a chapter is stored with balances, evidence and links that hold', async () => {
  const rows = await database.transaction(async (tx) => {
    await storeBasics(tx);
    return (await storeChapter(tx, productChapter(3))) + (await storeChapter(tx, productChapter(4)));
  });
  expect(rows).toBeGreaterThan(6_000);
  const wrong = await database.query(`select id::text from traceability.evidence where signature_verified is not true
    union all select l.id::text from traceability.traceability_links l where status not in ('COVERED', 'UNCOVERED')
    union all select w.id::text from scanning.wallets w
      where credit_balance <> (select sum(amount) from scanning.credit_transactions t where t.wallet_id = w.id)`);
  expect(wrong).toEqual([]);
});

test('a store that holds data in any domain is left as it is', async () => {
  expect(await seed(database, { size: 'large' })).toEqual({ seeded: false, rows: 0 });
});

// 9 s on the embedded engine: the suite's time goes to one chapter there.
describeOn('postgres', 'medium', () => {
  test('fills a server, says how far it is, and leaves a sealed trail whose latest entries are of the story', async () => {
    const other = await openTestDatabase();
    try {
      const steps: SeedProgress[] = [];
      const { rows } = await seed(other.database, { size: 'medium', onProgress: (step) => steps.push(step) });
      expect(rows).toBeGreaterThan(50_000);
      expect(steps.map(({ done }) => done)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
      expect(steps.at(-1)).toEqual({ done: 21, of: 21, rows });
      await auditTrailSealed(other.database);
      expect(await other.database.query('select * from traceability.verify_audit_chain()')).toEqual([]);
      const last = 'select timestamp::date::text from traceability.audit_log order by position desc limit 1';
      expect(await valueOf(other.database, last)).toBe('2026-11-20');
    } finally {
      await other.close();
    }
  });
});
