import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOn, openTestDatabase, quietLog, type TestDatabase } from '../../../tests/testkit/index.js';
import { StartupError } from '../errors/index.js';
import { countStatements, migrate, openDatabase, rollback, sql, type Database } from './index.js';

let opened: TestDatabase;
let database: Database;
let folder: string;
beforeAll(async () => {
  opened = await openTestDatabase({ migrated: false });
  database = opened.database;
});
afterAll(() => opened.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-migrations-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.script('drop schema public cascade; create schema public');
});

function write(name: string, up: string, down?: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), up);
  if (down !== undefined) writeFileSync(join(folder, name, 'down.sql'), down);
}

function writeTwo(): void {
  write('1_first', 'create table one (n int); insert into one values (1);', 'drop table one;');
  write('2_second', '-- a comment with ; in it\ncreate table two (n int);', 'drop table two;');
}

const history = () =>
  database.query(sql`select migration_name as name, checksum, finished_at is not null as finished,
    rolled_back_at is not null as "rolledBack", applied_steps_count as steps, logs from public._prisma_migrations order by started_at`);

test('pending migrations apply in order and are recorded as Prisma does, and a second start is one query', async () => {
  writeTwo();
  expect(await migrate(database, folder)).toEqual({ applied: ['1_first', '2_second'] });
  expect(await history()).toEqual([
    // sha256 of the file, as `sha256sum migration.sql` prints it
    expect.objectContaining({
      name: '1_first',
      finished: true,
      steps: 1,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
    expect.objectContaining({ name: '2_second', finished: true, steps: 1, rolledBack: false, logs: null }),
  ]);
  const counted = countStatements(database);
  expect(await migrate(counted.db, folder)).toEqual({ applied: [] });
  expect(counted.count()).toBe(1);
});

test('a migration that fails leaves nothing of itself behind, what came before stays, and once corrected it applies', async () => {
  write('1_first', 'create table one (n int);');
  write('2_second', 'create table two (n int); create table one (n int);');
  await expect(migrate(database, folder)).rejects.toThrow(
    'The migration 2_second failed and was undone whole: relation "one" already exists',
  );
  expect(
    await database.query(sql`select to_regclass('one') is not null as one, to_regclass('two') is not null as two`),
  ).toEqual([{ one: true, two: false }]);
  expect((await history())[1]).toMatchObject({
    name: '2_second',
    finished: false,
    rolledBack: true,
    logs: expect.stringContaining('already exists'),
  });
  write('2_second', 'create table two (n int);');
  expect(await migrate(database, folder)).toEqual({ applied: ['2_second'] });
});

describe('a history that does not fit is refused with what to do, and nothing is applied', () => {
  beforeEach(async () => {
    writeTwo();
    await migrate(database, folder);
    write('3_third', 'create table three (n int);');
  });
  afterEach(async () => {
    expect(await database.query(sql`select to_regclass('three') as three`)).toEqual([{ three: null }]);
  });

  test('an edited migration', async () => {
    write('1_first', 'create table one (n bigint);');
    await expect(migrate(database, folder)).rejects.toThrow('1_first was edited after it was applied');
    await expect(migrate(database, folder)).rejects.toBeInstanceOf(StartupError);
  });

  test('a migration of a newer version', async () => {
    rmSync(join(folder, '2_second'), { recursive: true });
    await expect(migrate(database, folder)).rejects.toThrow(
      '2_second, which this build does not know: a newer version',
    );
  });

  test('a migration that Prisma began and did not finish', async () => {
    await database.query(
      sql`update public._prisma_migrations set finished_at = null, logs = ${'boom\nat line 2'} where migration_name = '2_second'`,
    );
    await expect(migrate(database, folder)).rejects.toThrow(
      /2_second began and did not finish: boom\. Repair.*prisma migrate resolve/,
    );
  });
});

test('rolling back undoes newest first down to the migration named, keeps the history, and all can be applied again', async () => {
  writeTwo();
  await migrate(database, folder);
  expect(await rollback(database, folder, { to: '1_first' })).toEqual({ rolledBack: ['2_second'] });
  expect(await migrate(database, folder)).toEqual({ applied: ['2_second'] });
  expect(await rollback(database, folder, { to: null })).toEqual({ rolledBack: ['2_second', '1_first'] });
  expect(await database.query(sql`select to_regclass('one') as one`)).toEqual([{ one: null }]);
  expect(await migrate(database, folder)).toEqual({ applied: ['1_first', '2_second'] });
  expect((await history()).filter((entry) => entry['rolledBack'])).toHaveLength(3);
});

test('nothing is rolled back when one of the migrations has no way back, or the target is unknown', async () => {
  write('1_first', 'create table one (n int);');
  write('2_second', 'create table two (n int);', 'drop table two;');
  await migrate(database, folder);
  await expect(rollback(database, folder, { to: null })).rejects.toThrow('1_first has no down.sql');
  await expect(rollback(database, folder, { to: 'nowhere' })).rejects.toThrow('There is no migration nowhere');
  expect(await migrate(database, folder)).toEqual({ applied: [] });
});

describeOn('postgres', 'processes that start at once', () => {
  test('apply each migration once between them', async () => {
    for (let n = 1; n <= 6; n++) write(`${n}_step`, `create table step_${n} (n int); select pg_sleep(0.01);`);
    const dependencies = await Promise.all([1, 2, 3].map(() => openDatabase({ url: opened.url ?? '', log: quietLog })));
    const results = await Promise.all(dependencies.map((door) => migrate(door, folder)));
    expect(results.flatMap((result) => result.applied).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `${n}_step`));
    expect(await history()).toHaveLength(6);
    await Promise.all(dependencies.map((door) => door.close()));
  });
});
