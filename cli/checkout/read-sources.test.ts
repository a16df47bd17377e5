import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readCheckout, type CheckoutEntry } from './index.js';

let base = '';
let root = '';

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'weft-checkout-')));
  root = join(base, 'work');
  mkdirSync(root);
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, '-C', root, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
}
/** A repository with one commit of everything written so far. */
function commit(): string {
  git('init', '-q');
  git('remote', 'add', 'origin', 'https://robot:secret@github.com/Acme/Api.git');
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  return git('rev-parse', 'HEAD');
}
describe('the sources that artifacts speak of', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const spec = (text: string) => `---
gxp_id: SPEC-1
title: One
parent_id: US-1
verification_tier: OQ
source_files: [src/a.ts, src/gone.ts, ../outside.ts]
test_files: [tests/a.test.ts]
---
${text}
`;
  const evidence = (claims: object) =>
    `${['{"alg":"ES256"}', JSON.stringify({ gxp_id: 'EV-1', spec_id: 'SPEC-1', ...claims }), 'signature']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.')}\n`;
  async function sourcesOf() {
    const checkout = await readCheckout(root);
    const entries: CheckoutEntry[] = [];
    for await (const entry of checkout.entries) entries.push(entry);
    return checkout.readSources(entries);
  }
  const amend = (message: string): string => {
    git('add', '-A');
    git('commit', '-q', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  beforeEach(() => {
    write('.gxp/specs/one.md', spec('As designed.').replace(', ../outside.ts', ''));
    write('src/a.ts', 'a');
    write('tests/a.test.ts', 'test');
  });

  test('are given by their hashes as far as they are there, and never through a link', async () => {
    write('secret', 'secret');
    symlinkSync(join(root, 'secret'), join(root, 'src/gone.ts'));
    commit();
    expect(await sourcesOf()).toEqual({
      systemStateHashes: [],
      files: [
        { path: 'src/a.ts', sha256: sha256('a') },
        { path: 'tests/a.test.ts', sha256: sha256('test') },
      ],
      changes: [],
    });
  });

  test('and what has changed in them since the commit that evidence names; of a specification only its text counts', async () => {
    const first = commit();
    write('.gxp/evidence/EV-1.jws', evidence({ git_commit: first.slice(0, 10) }));
    write('.gxp/specs/one.md', spec('As designed.').replace(', ../outside.ts', '').replace('OQ', 'PQ'));
    write('src/other.ts', 'of no account');
    amend('evidence');
    const since = first.slice(0, 10);
    expect((await sourcesOf()).changes).toEqual([{ since, paths: [] }]);
    git('mv', '.gxp/specs/one.md', '.gxp/specs/renamed.md');
    amend('renamed');
    expect((await sourcesOf()).changes).toEqual([{ since, paths: [] }]);
    write('src/a.ts', 'b');
    write('.gxp/specs/renamed.md', spec('Designed anew.').replace(', ../outside.ts', ''));
    amend('changed');
    expect((await sourcesOf()).changes).toEqual([{ since, paths: ['src/a.ts', '.gxp/specs/renamed.md'] }]);
  });

  test('leave out a commit that the checkout does not have', async () => {
    commit();
    write('.gxp/evidence/EV-1.jws', evidence({ git_commit: 'f'.repeat(40) }));
    amend('evidence');
    expect((await sourcesOf()).changes).toEqual([]);
  });

  test('have the hash of each tree below src, in the ways in which it is computed', async () => {
    write('src/b/c.ts', 'c');
    write('src/.hidden', 'left out');
    write('src/node_modules/x.js', 'left out');
    write('.gxp/evidence/EV-1.jws', evidence({ system_state_hash: 'a'.repeat(64) }));
    commit();
    expect((await sourcesOf()).systemStateHashes).toEqual(
      ['src/a.tsasrc/b/c.tsc', 'src/a.ts\0asrc/b/c.ts\0c', 'a.tsab/c.tsc', 'a.ts\0ab/c.ts\0c'].map(sha256),
    );
  });
});
