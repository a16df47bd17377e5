import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PgliteDatabase } from './pglite.js';

let database: PgliteDatabase;
beforeAll(async () => {
  database = await PgliteDatabase.open({ dataDir: 'memory' });
});
afterAll(() => database.close());

test('a long statement leaves the process free to serve others', async () => {
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns++;
    if (running) setImmediate(turn);
  };
  turn();
  await database.query('select count(*) from generate_series(1, 300000)');
  running = false;
  expect(turns).toBeGreaterThan(20);
});

test('an answer of many megabytes arrives whole', async () => {
  const [row] = await database.query<{ text: string }>(`select repeat('weft', 2000000) as text`);
  expect(row?.text).toHaveLength(8_000_000);
});

test('a store that the engine can not open is refused, and its folder is free again', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'weft-broken-'));
  mkdirSync(join(dataDir, 'database'));
  writeFileSync(join(dataDir, 'database', 'PG_VERSION'), '18\n');
  await expect(PgliteDatabase.open({ dataDir })).rejects.toThrow();
  await expect(PgliteDatabase.open({ dataDir })).rejects.not.toThrow('another process');
});
