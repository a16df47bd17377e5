import { afterAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, sql } from '../../subgraphs/kernel/db/index.js';
import { engine, quietLog, startProgram, type ChildProgram } from '../testkit/index.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// The run on a server has more time.
const rounds = engine === 'postgres' ? 12 : 5;
const startWriter = (dataDir: string): ChildProgram =>
  startProgram(['tests', 'durability', 'embedded-writer.fixture.ts'], [dataDir]);

async function firstLine(writer: ChildProgram): Promise<string> {
  const { value } = (await writer.lines.next()) as { value: string | undefined };
  if (value === undefined) throw new Error((await writer.ended).errors);
  return value;
}

test(`kill -9 in a loop of writes, ${rounds} times: the store opens and has every write that was acknowledged`, async () => {
  const dataDir = join(folder, 'writes');
  let acknowledged = 0;
  for (let round = 1; round <= rounds; round++) {
    const writer = startWriter(dataDir);
    // The lock of the process that was killed is still there: that it opens shows that it was taken over.
    const found = JSON.parse((await firstLine(writer)).replace(/^open /, '')) as Record<string, number>;
    expect(found['highest']).toBeGreaterThanOrEqual(acknowledged);
    expect(found['first']).toBe(found['highest']);
    expect(found['second']).toBe(found['highest']);
    const writes = (round * 7) % 23;
    for (let read = 0; read < writes; read++) await writer.lines.next();
    await writer.kill();
    // What it said before it died counts as well.
    acknowledged = found['highest'] ?? 0;
    acknowledged += writes;
    for await (const line of writer.lines) acknowledged = Number(line.replace('wrote ', ''));
  }
  const database = await openDatabase({ dataDir, log: quietLog });
  const [last] = await database.query<{ count: number }>(sql`select count(*) from first join second using (n)`);
  expect(last?.count).toBeGreaterThanOrEqual(acknowledged);
  expect(acknowledged).toBeGreaterThan(rounds);
  await database.close();
}, 240_000);

test('kill -9 while the store is being made: the next start makes it anew', async () => {
  const dataDir = join(folder, 'first-start');
  const ended = await startProgram(['tests', 'durability', 'half-made-store.fixture.ts'], [dataDir]).ended;
  expect(ended).toEqual({ code: null, errors: '' });
  expect(existsSync(join(dataDir, 'initialising'))).toBe(true);
  expect(existsSync(join(dataDir, 'database', 'PG_VERSION'))).toBe(true);
  const database = await openDatabase({ dataDir, log: quietLog });
  expect(await database.query(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  await database.close();
  expect(existsSync(join(dataDir, 'initialising'))).toBe(false);
}, 90_000);

test('a folder that a living process owns is refused with its pid, and what it wrote stays', async () => {
  const dataDir = join(folder, 'owned');
  const writer = startWriter(dataDir);
  await firstLine(writer);
  await expect(openDatabase({ dataDir, log: quietLog })).rejects.toThrow(
    `The data folder ${dataDir} is in use by process ${writer.pid}.`,
  );
  expect(JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8'))).toMatchObject({ pid: writer.pid });
  await writer.kill();
}, 90_000);
