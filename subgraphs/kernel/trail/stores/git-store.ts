/** A branch of a git repository, a commit for each checkpoint: never forced, so that the server's history is what holds. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../config/index.js';
import { assertSameHead, latestName, nameOf, type CheckpointStore } from './store.js';

export interface GitSettings {
  /** As git takes it: `https://…`, `ssh://…`, `file:///…`. */
  readonly remote: string;
  readonly branch: string;
}

const timeoutMs = 60_000;
/** Nobody's configuration, no prompts, no hooks. */
const settings = ['core.hooksPath=/dev/null', 'credential.helper=', 'gc.auto=0', 'http.followRedirects=false'];
const identity = { name: 'Weft audit trail', email: 'audit-trail@weft.invalid' };

export function createGitStore({ remote, branch }: GitSettings): CheckpointStore {
  const ref = `refs/heads/${branch}`;
  return {
    name: `git+${withoutUser(remote)}#${branch}`,
    readLast: () => withClone(remote, ref, ({ git, tip }) => (tip === null ? null : show(git, tip, latestName))),
    publish: ({ size, note }) =>
      withClone(remote, ref, async ({ git, tip }) => {
        const kept = tip === null ? null : await show(git, tip, nameOf(size));
        if (kept !== null) {
          assertSameHead(kept, note, size);
          if ((await show(git, tip ?? '', latestName)) === note) return;
        }
        const blob = (await git(['hash-object', '-w', '--stdin'], note)).trim();
        if (tip !== null) await git(['read-tree', tip]);
        for (const name of kept === null ? [latestName, nameOf(size)] : [latestName])
          await git(['update-index', '--add', '--cacheinfo', `100644,${blob},${name}`]);
        const tree = (await git(['write-tree'])).trim();
        const parents = tip === null ? [] : ['-p', tip];
        const commit = (await git(['commit-tree', tree, ...parents, '-m', `Checkpoint of ${size} entries`])).trim();
        // Somebody who was faster makes this fail: the next round sees what they brought.
        await git(['push', '--quiet', remote, `${commit}:${ref}`]);
      }),
  };
}

type Git = (args: readonly string[], input?: string) => Promise<string>;

/** In a bare repository that is gone afterwards: what a store is trusted with lies there, and not here. */
async function withClone<Result>(
  remote: string,
  ref: string,
  run: (clone: { readonly git: Git; readonly tip: string | null }) => Promise<Result> | Result,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-trail-'));
  const git: Git = (args, input = '') => runGit(folder, args, input);
  try {
    await git(['init', '--quiet', '--bare']);
    const [found = ''] = (await git(['ls-remote', remote, ref])).split('\t');
    const tip = found === '' ? null : found;
    if (tip !== null) await git(['fetch', '--quiet', '--depth=1', '--no-tags', remote, ref]);
    return await run({ git, tip });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function show(git: Git, tip: string, name: string): Promise<string | null> {
  const listed = await git(['ls-tree', '--name-only', tip, '--', name]);
  return listed === '' ? null : git(['cat-file', 'blob', `${tip}:${name}`]);
}

function runGit(folder: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: {
        ...childEnvironment(),
        LC_ALL: 'C',
        GIT_ALLOW_PROTOCOL: 'file:https:http:ssh',
        GIT_ASKPASS: 'true',
        GIT_TERMINAL_PROMPT: '0',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20',
        GIT_AUTHOR_NAME: identity.name,
        GIT_AUTHOR_EMAIL: identity.email,
        GIT_COMMITTER_NAME: identity.name,
        GIT_COMMITTER_EMAIL: identity.email,
      },
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = `${errors}${text}`.slice(-2_000)));
    child.on('error', reject);
    // A child that died takes no more input: its exit code says the rest.
    child.stdin.on('error', () => undefined);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`git ${args[0] ?? ''} failed: ${errors.trim().split('\n').at(-1) ?? code}`));
    });
    child.stdin.end(input);
  });
}

function withoutUser(remote: string): string {
  const url = new URL(remote);
  url.username = '';
  url.password = '';
  return url.toString();
}
