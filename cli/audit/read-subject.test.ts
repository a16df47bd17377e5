import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAuditSubject } from './read-subject.js';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    stdio: 'pipe',
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weft-audit-'));
  for (const name of ['src', 'contracts', 'node_modules']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'src', 'a.ts'), 'export const a = 1;');
  writeFileSync(join(folder, 'src', 'b.ts'), 'export const b = 1;');
  writeFileSync(join(folder, 'node_modules', 'c.ts'), '');
  writeFileSync(join(folder, '.gitignore'), 'node_modules');
  writeFileSync(join(folder, 'contracts', 'physics.yaml'), 'graphql: {}');
  symlinkSync('..', join(folder, 'src', 'loop'));
  git('init', '-q');
  git('add', 'src/a.ts', 'src/b.ts', '.gitignore');
  git('commit', '-q', '-m', 'first');
  writeFileSync(join(folder, 'src', 'b.ts'), 'export const b = 2;');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('sources are read without dependencies and links, with the contracts that are there', async () => {
  const { files, boundaries, physics, changedPaths } = await readAuditSubject(folder, {});
  expect(files.map(({ path }) => path)).toEqual(['.gitignore', 'contracts/physics.yaml', 'src/a.ts', 'src/b.ts']);
  expect([boundaries, physics, changedPaths]).toEqual([null, 'graphql: {}', null]);
});

test('only what changed since a commit counts as changed, and no text is taken for an option of git', async () => {
  expect((await readAuditSubject(folder, { since: 'HEAD' })).changedPaths).toEqual(['src/b.ts']);
  await expect(readAuditSubject(folder, { since: '--output=stolen' })).rejects.toThrow('git can');
});

test('a folder or contract that is not there is named', async () => {
  await expect(readAuditSubject(join(folder, 'none'), {})).rejects.toThrow('is no folder');
  await expect(readAuditSubject(folder, { physics: join(folder, 'none') })).rejects.toThrow('--physics');
});
