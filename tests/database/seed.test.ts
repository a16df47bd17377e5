import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seed } from '../../prisma/seed.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { checkPublicKey, verifySignature } from '../../subgraphs/traceability/domain/index.js';
import { engine, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { startStopwatch } from './seeded-database.js';

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
afterAll(() => opened.close());

/** Every row of every domain, without what a clock or a transaction writes. */
async function fingerprint(db: Database): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('traceability', 'evidence', 'builds', 'scanning', 'workflow') and table_name <> 'audit_log'
     order by 1`,
  );
  const hash = createHash('sha256');
  for (const { name } of tables) {
    const rows = await db.query<{ row: string }>(
      `select (to_jsonb(t) - array['id', 'created_at', 'updated_at', 'saved_at', 'position', 'completed_at', 'next_check_at'])::text as row
       from ${name} t order by 1`,
    );
    hash.update(name).update(JSON.stringify(rows));
  }
  return hash.digest('hex');
}

test('fills an empty database', async () => {
  const stopwatch = startStopwatch();
  expect(await seed(database)).toMatchObject({ seeded: true });
  process.stdout.write(`demo data on ${engine}: ${stopwatch().toFixed(0)} ms\n`);
});

test('does nothing when there are data already', async () => {
  const before = await fingerprint(database);
  expect(await seed(database)).toEqual({ seeded: false, rows: 0 });
  expect(await fingerprint(database)).toBe(before);
});

test('is the same in every database', async () => {
  const other = await openTestDatabase();
  try {
    await seed(other.database);
    expect(await fingerprint(other.database)).toBe(await fingerprint(database));
  } finally {
    await other.close();
  }
});

test('its signed evidence has the verdict that it claims', async () => {
  const rows = await database.query<{ gxp_id: string; jws: string; keys: never[]; verified: boolean | null }>(
    `select e.gxp_id, e.jws_source as jws, e.signature_verified as verified,
       (select jsonb_agg(k.jwk) from traceability.trusted_keys k where k.repository_id = e.repository_id) as keys
     from traceability.evidence e`,
  );
  expect(rows.length).toBeGreaterThan(2);
  for (const { jws, keys, verified } of rows) {
    const checked = await Promise.all(keys.map((jwk) => checkPublicKey(jwk)));
    const trusted = checked.map(({ key }) => key).filter((key) => key !== null);
    expect((await verifySignature(jws, trusted, { now: new Date() })).verified).toBe(verified);
  }
});
