import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { brokenArtifacts } from '../../tests/testkit/broken-artifacts.js';
import { parseArtifactFile } from '../../subgraphs/traceability/domain/index.js';
import { readCheckout, type Checkout } from './index.js';

const artifact = (id: string) => `---\ngxp_id: ${id}\ntitle: T\n---\n`;
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
async function pathsOf(checkout: Checkout): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of checkout.entries)
    paths.push(
      entry.file?.path ?? (entry.digest ? `#${entry.digest.path}` : `!${entry.problem?.code} ${entry.problem?.path}`),
    );
  return paths;
}
const named = { repository: 'acme/api', commit: 'a'.repeat(40) };

describe.each([
  ['with the git executable', true],
  ['reading .git itself', false],
])('the facts of a repository, %s', (_, useGitCommand) => {
  const facts = async () => (await readCheckout(root, { useGitCommand })).facts;

  test('are its commit, remote without credentials, and branches', async () => {
    const commitSha = commit();
    git('update-ref', 'refs/remotes/origin/trunk', commitSha);
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk');
    git('checkout', '-q', '-b', 'feature/x');
    expect(await facts()).toEqual({
      commitSha,
      remoteUrl: 'https://github.com/Acme/Api',
      owner: 'Acme',
      repo: 'Api',
      defaultBranch: 'trunk',
      branch: 'feature/x',
      dirty: useGitCommand ? false : null,
      isNamed: false,
    });
  });

  test('are the same when refs are packed, and when the checkout is on no branch', async () => {
    const commitSha = commit();
    git('pack-refs', '--all');
    expect(await facts()).toMatchObject({ commitSha, branch: 'main', defaultBranch: 'main' });
    git('checkout', '-q', '--detach');
    expect(await facts()).toMatchObject({ commitSha, branch: null, defaultBranch: 'main' });
  });

  test('are found from a linked worktree', async () => {
    const commitSha = commit();
    git('worktree', 'add', '-q', join(base, 'linked'), '-b', 'other');
    const linked = await readCheckout(join(base, 'linked'), { useGitCommand });
    expect(linked.facts).toMatchObject({ commitSha, branch: 'other', owner: 'Acme' });
  });

  test('give way to what the caller names', async () => {
    commit();
    const { facts: given } = await readCheckout(root, { useGitCommand, ...named });
    expect(given).toMatchObject({ commitSha: named.commit, owner: 'acme', remoteUrl: 'https://github.com/acme/api' });
  });

  test('without a commit are refused with what to do', async () => {
    git('init', '-q');
    await expect(facts()).rejects.toThrow(/has no commit yet/);
  });

  test('without a remote, or with one that is a folder of this machine, go by the name of their own folder', async () => {
    commit();
    const local = { owner: 'local', repo: basename(root), remoteUrl: `https://localhost/local/${basename(root)}` };
    git('remote', 'remove', 'origin');
    expect(await facts()).toMatchObject(local);
    git('remote', 'add', 'origin', '/srv/git/other');
    expect(await facts()).toMatchObject(local);
  });

  test('of a remote on a network that is not understood are refused with what to do', async () => {
    commit();
    git('remote', 'set-url', 'origin', 'https://github.com/acme');
    await expect(facts()).rejects.toThrow(/name it with --repository owner\/name/);
  });

  test('of a sparse checkout and of a partial clone are refused with what to do', async () => {
    write('docs/a.md', artifact('US-1'));
    commit();
    git('sparse-checkout', 'set', 'src');
    await expect(facts()).rejects.toThrow('git sparse-checkout disable');
    git('sparse-checkout', 'disable');
    await expect(facts()).resolves.toMatchObject({ repo: 'Api' });
    git('config', 'remote.origin.promisor', 'true');
    await expect(facts()).rejects.toThrow('Clone it without --filter');
  });

  test('of a part of a repository are refused, because its scan would remove the rest', async () => {
    write('docs/a.md', artifact('US-1'));
    commit();
    const part = join(root, 'docs');
    await expect(readCheckout(part, { useGitCommand })).rejects.toThrow(`is a part of the repository at ${root}`);
    expect(await pathsOf(await readCheckout(part, { useGitCommand, ...named }))).toEqual(['a.md']);
  });
});

test('a folder that git refuses to read is refused with what to do', async () => {
  commit();
  writeFileSync(join(root, '.git/config'), '[core]\n\trepositoryformatversion = 99\n');
  await expect(readCheckout(root)).rejects.toThrow(/git refuses to read .*: .*99.*safe\.directory/);
});

describe('a checkout', () => {
  test('that is no repository is refused unless the caller names repository and commit', async () => {
    await expect(readCheckout(root)).rejects.toThrow(StartupError);
    await expect(readCheckout(root)).rejects.toThrow(/--repository owner\/name and --commit <sha>/);
    write('a.md', artifact('US-1'));
    const checkout = await readCheckout(root, named);
    expect(checkout.facts).toMatchObject({ commitSha: named.commit, branch: null, dirty: null });
    expect(await pathsOf(checkout)).toEqual(['a.md']);
  });

  test.each([
    [{ ...named, commit: 'HEAD' }, /full commit sha/],
    [{ ...named, repository: 'api' }, /owner\/name or the URL/],
  ])('with a malformed name is refused: %j', async (options, message) => {
    await expect(readCheckout(root, options)).rejects.toThrow(message);
  });

  test('that is not there, or is a file, is refused', async () => {
    write('file', '');
    await expect(readCheckout(join(root, 'nothing'))).rejects.toThrow(/is not a folder/);
    await expect(readCheckout(join(root, 'file'))).rejects.toThrow(/is not a folder/);
  });

  test('with changes is dirty', async () => {
    commit();
    write('new.md', artifact('US-1'));
    expect((await readCheckout(root)).facts.dirty).toBe(true);
  });

  test('of a repository whose configuration names a program runs nothing', async () => {
    write('.gxp/US-1.md', artifact('US-1'));
    commit();
    const trap = join(base, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch ${join(base, 'sprung')}\n`);
    chmodSync(trap, 0o755);
    git('config', 'core.fsmonitor', trap);
    expect(await pathsOf(await readCheckout(root))).toEqual(['.gxp/US-1.md']);
    expect(existsSync(join(base, 'sprung'))).toBe(false);
  });
});

describe.each([
  ['of a repository', true],
  ['of a plain folder', false],
])('the files %s', (_, isRepository) => {
  async function read(maxFileBytes?: number): Promise<string[]> {
    if (isRepository) commit();
    return pathsOf(await readCheckout(root, { ...named, ...(maxFileBytes !== undefined && { maxFileBytes }) }));
  }

  test('are everything under .gxp that can be one, and Markdown elsewhere that speaks of a gxp_id, by path', async () => {
    write('docs/z.md', artifact('US-3'));
    write('docs/plain.md', '# No artifact\n');
    write('docs/matter.md', '---\ntitle: No artifact either\n---\ngxp_id: later\n');
    write('README.md', '# Hello\n');
    write('.gxp/system_context.md', artifact('SYS-1'));
    write('.gxp/requirements/b.md', 'broken, and said to be an artifact by its place\n');
    write('.gxp/evidence/EV-1.jws', 'a.b.c');
    write('.gxp/evidence/EV-2.jws.json', '{}');
    write('.gxp/evidence/picture.png', 'png');
    write('packages/api/.gxp/specs/s.md', artifact('SPEC-1'));
    write('elsewhere/EV-9.jws', 'a.b.c');
    write('src/a.ts', 'gxp_id');
    expect(await read()).toEqual([
      '.gxp/evidence/EV-1.jws',
      '.gxp/evidence/EV-2.jws.json',
      '.gxp/requirements/b.md',
      '.gxp/system_context.md',
      'docs/z.md',
      'packages/api/.gxp/specs/s.md',
    ]);
  });

  test('are never of dependencies, build output or git itself', async () => {
    for (const folder of ['node_modules/x', 'dist', 'a/node_modules/.gxp', '.gxp/dist'])
      write(`${folder}/a.md`, artifact('US-1'));
    expect(await read()).toEqual([]);
  });

  test('that are links are not followed, and one that leads out is reported', async () => {
    writeFileSync(join(base, 'secret.md'), artifact('US-9'));
    mkdirSync(join(base, 'outside'));
    writeFileSync(join(base, 'outside', 'b.md'), artifact('US-8'));
    write('.gxp/real.md', artifact('US-1'));
    symlinkSync('real.md', join(root, '.gxp', 'inside.md'));
    symlinkSync(join(base, 'secret.md'), join(root, '.gxp', 'leads-out.md'));
    symlinkSync(join(base, 'outside'), join(root, '.gxp', 'folder'));
    symlinkSync('..', join(root, '.gxp', 'loop'));
    expect(await read()).toEqual(['!UNSAFE_PATH .gxp/leads-out.md', '.gxp/real.md']);
  });

  test('over the size cap are reported unread', async () => {
    write('.gxp/big.md', artifact('US-1').padEnd(2_000));
    write('.gxp/small.md', artifact('US-2'));
    expect(await read(1_000)).toEqual(['!FILE_TOO_LARGE .gxp/big.md', '.gxp/small.md']);
  });

  test('named like nothing on earth keep their names', async () => {
    const names = ['.gxp/a b.md', '.gxp/ä"\'$(x).md', '.gxp/line\nbreak.md', '.gxp/-rf.md'];
    for (const name of names) write(name, artifact('US-1'));
    expect(await read()).toEqual([...names].sort());
  });

  test('are each read whole: every broken artifact is found and judged as it was written', async () => {
    const broken = brokenArtifacts().filter((file) => file.isOnDisk && file.code !== 'FILE_TOO_LARGE');
    for (const { path, content } of broken) write(path, content);
    if (isRepository) commit();
    const checkout = await readCheckout(root, named);
    const found = new Map<string, unknown>();
    for await (const { file } of checkout.entries) if (file !== null) found.set(file.path, parseArtifactFile(file));
    expect(found).toEqual(new Map(broken.map((file) => [file.path, parseArtifactFile(file)])));
  });
});

test('a file that git tracks and nobody kept is passed over, and one that git ignores is not seen', async () => {
  write('.gxp/gone.md', artifact('US-1'));
  write('.gxp/kept.md', artifact('US-2'));
  write('.gitignore', '.gxp/draft-*.md\n');
  commit();
  write('.gxp/draft-1.md', artifact('US-3'));
  write('.gxp/untracked.md', artifact('US-4'));
  rmSync(join(root, '.gxp/gone.md'));
  expect(await pathsOf(await readCheckout(root))).toEqual(['.gxp/kept.md', '.gxp/untracked.md']);
});

test('a folder that git tracks and somebody replaced by a link out of the checkout is not entered', async () => {
  write('docs/a.md', artifact('US-1'));
  commit();
  rmSync(join(root, 'docs'), { recursive: true });
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside', 'a.md'), artifact('US-9'));
  symlinkSync(join(base, 'outside'), join(root, 'docs'));
  expect(await pathsOf(await readCheckout(root))).toEqual(['!UNSAFE_PATH docs/a.md']);
});

test('a file whose name is not UTF-8 is reported', async () => {
  mkdirSync(join(root, '.gxp'));
  const name = Buffer.concat([Buffer.from(join(root, '.gxp/caf')), Buffer.of(0xe9), Buffer.from('.md')]);
  writeFileSync(name, artifact('US-1'));
  const reported = ['!FILE_UNREADABLE .gxp/caf\ufffd.md'];
  expect(await pathsOf(await readCheckout(root, named))).toEqual(reported);
  commit();
  expect(await pathsOf(await readCheckout(root))).toEqual(reported);
});

test('a named pipe does not hold a scan up', async () => {
  mkdirSync(join(root, '.gxp'));
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, '.gxp', 'pipe.md')]);
  write('.gxp/real.md', artifact('US-1'));
  expect(await pathsOf(await readCheckout(root, named))).toEqual(['.gxp/real.md']);
});

describe('an evidence package', () => {
  test('is found whole: what is read of it with its content, everything else by its hash', async () => {
    const folder = '.gxp/evidence/packages/OQ-SPEC-1';
    const log = 'passed\n'.repeat(300_000);
    write(`${folder}/manifest.json`, '{}');
    write(`${folder}/signature.jws`, 'a.b.c');
    write(`${folder}/artifacts/test-results.json`, `{"log":"${log}"}`);
    write(`${folder}/dist/test-output.log`, log);
    write(`${folder}/metadata.json`, '{}');
    write('.gxp/evidence/notes.log', 'no part of a package');
    symlinkSync('/etc/hostname', join(root, folder, 'stolen.txt'));
    const checkout = await readCheckout(root, named);
    expect(await pathsOf(checkout)).toEqual([
      `#${folder}/artifacts/test-results.json`,
      `#${folder}/dist/test-output.log`,
      `${folder}/manifest.json`,
      `${folder}/metadata.json`,
      `${folder}/signature.jws`,
      `#${folder}/stolen.txt`,
    ]);
    for await (const { digest } of checkout.entries) {
      if (digest?.path !== `${folder}/dist/test-output.log`) continue;
      expect(digest).toMatchObject({
        sha256: createHash('sha256').update(log).digest('hex'),
        sizeBytes: Buffer.byteLength(log),
      });
    }
  });
});
