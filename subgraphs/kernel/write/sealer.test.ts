import { expect, test } from '@jest/globals';
import type { Database } from '../db/index.js';
import { sealAuditTrail, settleSealing } from './index.js';

/** A database with so many full batches to seal. */
function backlogOf(batches: number): { readonly database: Database; readonly asked: () => number } {
  let asked = 0;
  const query = () => Promise.resolve([{ sealed: asked++ < batches ? 1_000 : 0 }]);
  return { database: { query } as unknown as Database, asked: () => asked };
}

test('of a large backlog so much is sealed as is asked for, and the rest in the background', async () => {
  const { database, asked } = backlogOf(20);
  await sealAuditTrail(database, { maxEntries: 3_000 });
  // The background has begun with its own.
  expect(asked()).toBeLessThan(10);
  await settleSealing(database);
  expect(asked()).toBe(21);
});

test('without a bound all of it is sealed', async () => {
  const { database, asked } = backlogOf(20);
  await sealAuditTrail(database);
  expect(asked()).toBe(21);
});
