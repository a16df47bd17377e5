import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { printCatalogue, readCatalogue } from '../../subgraphs/kernel/db/catalogue/index.js';
import {
  migrate,
  migrationsFolder,
  prepareDatabase,
  rollback,
  type Database,
} from '../../subgraphs/kernel/db/index.js';
import { listMigrations } from '../../subgraphs/kernel/db/migration-files.js';
import { seed } from '../../prisma/seed.js';
import { engine, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { startStopwatch } from './seeded-database.js';

const folder = migrationsFolder();
const migrations = listMigrations(folder).map((migration) => migration.name);

let opened: TestDatabase;
let database: Database;
let earlier: string;
let whole: string;
beforeAll(async () => {
  opened = await openTestDatabase({ migrated: false });
  database = opened.database;
  earlier = await mkdtemp(join(tmpdir(), 'weft-migrations-'));
});
afterAll(async () => {
  await opened.close();
  await rm(earlier, { recursive: true });
});

async function print(): Promise<string> {
  return printCatalogue(await readCatalogue(database));
}

test('an empty database is migrated, vector indexes included', async () => {
  const stopwatch = startStopwatch();
  expect(await prepareDatabase(database)).toEqual({ applied: migrations });
  process.stdout.write(`from empty to migrated on ${engine}: ${stopwatch().toFixed(0)} ms\n`);
  whole = await print();
});

test('a second boot applies nothing', async () => {
  expect(await prepareDatabase(database)).toEqual({ applied: [] });
  expect(await print()).toBe(whole);
});

test('down to empty, with rows in the tables, leaves none of the schemas, and up again gives the same catalogue', async () => {
  await seed(database);
  expect(await rollback(database, folder, { to: null })).toEqual({ rolledBack: [...migrations].reverse() });
  expect(await print()).toBe('');
  await prepareDatabase(database);
  expect(await print()).toBe(whole);
});

test.each(migrations)('down to before %s and up again gives the same catalogue', async (name) => {
  const before = migrations[migrations.indexOf(name) - 1] ?? null;
  await rollback(database, folder, { to: before });
  await prepareDatabase(database);
  expect(await print()).toBe(whole);
});

test.each(migrations)('a database that stopped at %s is brought to the same catalogue', async (name) => {
  await rollback(database, folder, { to: null });
  const steps = migrations.slice(0, migrations.indexOf(name) + 1);
  for (const step of steps) await cp(join(folder, step), join(earlier, step), { recursive: true });
  expect(await migrate(database, earlier)).toEqual({ applied: steps });
  expect(await prepareDatabase(database)).toEqual({ applied: migrations.slice(steps.length) });
  expect(await print()).toBe(whole);
});
