import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { takeDataFolder } from './data-folder.js';
import { openDatabase } from './open-database.js';
import { pgliteMajor } from './pglite.js';
import { sql } from './sql.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = { warn: () => undefined };

test('a folder that this process has open is refused, and free again once it was released', () => {
  const first = takeDataFolder(folder, 18);
  expect(() => takeDataFolder(folder, 18)).toThrow('in use by this process');
  first.release();
  takeDataFolder(folder, 18).release();
  expect(readdirSync(folder)).not.toContain('lock');
});

test.each([
  ['a process that is dead', JSON.stringify({ pid: 2 ** 30, startedAt: '1' })],
  ['an earlier process with the pid of a living one', JSON.stringify({ pid: process.pid, startedAt: '1' })],
  ['a writer that died over it', '{"pid": 12'],
  ['nobody', ''],
])('the lock of %s is taken over', (_name, content) => {
  writeFileSync(join(folder, 'lock'), content);
  takeDataFolder(folder, 18).release();
  expect(readdirSync(folder)).toEqual(['initialising']);
});

// Only Linux tells of it.
if (existsSync('/proc/self/stat'))
  test('the lock of a process that ended, and whose parent never asked, is taken over', async () => {
    // The shell becomes a program that waits for none of its children.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const until = async (file: string, text: string): Promise<void> => {
      while (!readFileSync(file, 'utf8').includes(text)) await setImmediate();
    };
    await until(`/proc/${parent.pid ?? 0}/comm`, 'sleep');
    process.kill(pid, 'SIGKILL');
    await until(`/proc/${pid}/stat`, ') Z ');
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid, startedAt: null }));
    takeDataFolder(folder, 18).release();
    parent.kill();
  });

test('a lock that somebody else took over meanwhile is not removed on release', () => {
  const mine = takeDataFolder(folder, 18);
  writeFileSync(join(folder, 'lock'), 'theirs');
  mine.release();
  expect(existsSync(join(folder, 'lock'))).toBe(true);
});

test('a store of another PostgreSQL major is refused, not touched, and not left locked', () => {
  mkdirSync(join(folder, 'database'));
  writeFileSync(join(folder, 'database', 'PG_VERSION'), '17\n');
  expect(() => takeDataFolder(folder, 18)).toThrow('was written by PostgreSQL 17, and this build reads PostgreSQL 18');
  expect(readdirSync(folder)).toEqual(['database']);
});

test('a folder that can not be made is refused with the setting that names it', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => takeDataFolder(join(folder, 'file', 'data'), 18)).toThrow('WEFT_DATA_DIR');
});

test('a store keeps what was written when it is closed and opened again, and its major is the one expected', async () => {
  const first = await openDatabase({ dataDir: folder, log });
  await first.script('create table kept (n int); insert into kept values (7)');
  await first.close();
  const second = await openDatabase({ dataDir: folder, log });
  expect(
    await second.query(sql`select n, current_setting('server_version_num')::int / 10000 as major from kept`),
  ).toEqual([{ n: 7, major: pgliteMajor }]);
  await second.close();
  await second.close();
});
