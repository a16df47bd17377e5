import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';

/** What git knows of a checkout. */
export interface GitFacts {
  /** The folder that holds the whole checkout. */
  readonly root: string;
  /** Null before the first commit. */
  readonly commitSha: string | null;
  readonly remoteUrl: string | null;
  readonly defaultBranch: string | null;
  readonly branch: string | null;
  readonly dirty: boolean | null;
  /** Some files of the commit are left out of the folder. */
  readonly isSparse: boolean;
  /** Git fetches what it lacks only when it is asked for. */
  readonly isPartial: boolean;
}

const run = promisify(execFile);
/** A checkout's own configuration may name programs to run; reading it must start none. */
const harmless = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

/** The output of a git command; null when it failed, or there is no git on this machine. */
export async function git(folder: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run('git', [...harmless, '-C', folder, ...args], { maxBuffer: 1 << 26, timeout: 60_000 });
    return stdout.trimEnd();
  } catch {
    return null;
  }
}

/** Asks the git executable. Null when there is none, or it says that the folder is no repository of ours. */
export async function askGit(folder: string): Promise<GitFacts | null> {
  const root = await git(folder, ['rev-parse', '--show-toplevel']);
  if (root === null || root === '') return null;
  const ask = async (...args: string[]) => (await git(root, args)) || null;
  const remotes = (await ask('remote'))?.split('\n') ?? [];
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  const branch = await ask('symbolic-ref', '--quiet', '--short', 'HEAD');
  const remoteHead = remote && (await ask('symbolic-ref', '--quiet', '--short', `refs/remotes/${remote}/HEAD`));
  const commitSha = await ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
  const status = commitSha === null ? null : await git(root, ['status', '--porcelain', '--ignore-submodules']);
  return {
    root,
    commitSha,
    remoteUrl: remote === undefined ? null : await ask('config', '--get', `remote.${remote}.url`),
    defaultBranch: remoteHead ? remoteHead.slice(`${remote}/`.length) : await guessDefaultBranch(ask, branch),
    branch,
    dirty: status === null ? null : status !== '',
    isSparse: (await ask('config', '--type=bool', '--get', 'core.sparseCheckout')) === 'true',
    isPartial: (await ask('config', '--get-regexp', '^(remote\\..*\\.promisor|extensions\\.partialclone)$')) !== null,
  };
}

/** What git says when it will not read a repository that is there; null when it isn't installed, or finds none. */
export async function whyGitRefuses(folder: string): Promise<string | null> {
  try {
    await run('git', [...harmless, '-C', folder, 'rev-parse', '--show-toplevel'], { timeout: 60_000 });
    return null;
  } catch (error) {
    const { code, stderr = '' } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === 'ENOENT' || stderr.includes('not a git repository')) return null;
    return stderr.split('\n', 1)[0]?.replace(/^fatal: /, '') ?? '';
  }
}

async function guessDefaultBranch(
  ask: (...args: string[]) => Promise<string | null>,
  branch: string | null,
): Promise<string | null> {
  for (const name of ['main', 'master']) {
    if ((await ask('rev-parse', '--verify', '--quiet', `refs/heads/${name}`)) !== null) return name;
  }
  return branch;
}

/**
 * The paths of a checkout that git tracks, or would: tracked files and untracked ones that no ignore rule names. Streamed,
 * because a repository may have a million. Relative to the root, with `/`.
 */
export async function* listGitFiles(root: string): AsyncGenerator<string> {
  const child = spawn('git', [...harmless, '-C', root, 'ls-files', '-z', '-co', '--exclude-standard'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdout.setEncoding('utf8');
  let rest = '';
  for await (const chunk of child.stdout as AsyncIterable<string>) {
    const paths = (rest + chunk).split('\0');
    rest = paths.pop() ?? '';
    yield* paths;
  }
  if ((await ended) !== 0)
    throw new StartupError(`git could not list the files of ${root}: try git -C ${root} ls-files.`);
}
