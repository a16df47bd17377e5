/** A commit, fetched into a store of its own that is removed again, within bounds of size and time. */
import { mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AuditFile } from '../domain/audit/index.js';
import { endGit, endOfGit, FetchFailure, outputOfGit, startGit, type GitStore } from './git.js';
import { readFiles } from './read-commit.js';

export interface WantedCommit {
  /** Where from: https, http, ssh, `user@host:path`, or `file:///…`. */
  readonly remote: string;
  /** Sent to the remote's host alone. Null asks for nothing that is private. */
  readonly token: string | null;
  readonly commitSha: string;
  readonly changesSince: ChangesSince;
}

/** From where the changed files are counted. */
export type ChangesSince =
  | { readonly kind: 'commit'; readonly sha: string }
  /** From where the two histories part. */
  | { readonly kind: 'fork'; readonly from: string }
  | { readonly kind: 'parent' }
  | { readonly kind: 'beginning' };

export interface FetchLimits {
  readonly timeoutSeconds: number;
  readonly maxBytes: number;
  /** Paths below it may be read. Null: none. */
  readonly localRoot: string | null;
}

export interface FetchedCommit {
  readonly files: readonly AuditFile[];
  /** Null when everything counts as changed. */
  readonly changedPaths: readonly string[] | null;
}

/** Commits behind a tip in which the place where histories part is looked for. */
const deepest = 200;
const prefix = 'weft-audit-';

/** Throws FetchFailure, whose message is for people. */
export async function fetchCommit(
  wanted: WantedCommit,
  limits: FetchLimits,
  stopped: AbortSignal,
): Promise<FetchedCommit> {
  const { timeoutSeconds } = limits;
  const stop = new AbortController();
  const late = setTimeout(
    () => stop.abort(new FetchFailure(`The commit took longer to fetch than ${timeoutSeconds} s.`)),
    timeoutSeconds * 1_000,
  );
  const onStopped = (): void => stop.abort(stopped.reason);
  stopped.addEventListener('abort', onStopped, { once: true });
  if (stopped.aborted) onStopped();
  const folder = await mkdtemp(join(tmpdir(), prefix));
  try {
    const protocol = await protocolOf(wanted.remote, limits);
    const store: GitStore = { folder, protocol, signal: stop.signal };
    await outputOfGit(store, ['init', '--quiet', '--bare', '--template=', '.'], 10_000);
    if (wanted.token !== null) await keepToken(folder, wanted.remote, wanted.token);
    await fetchInto(store, wanted, limits);
    return { files: await readFiles(store, wanted.commitSha), changedPaths: await changedPaths(store, wanted, limits) };
  } finally {
    clearTimeout(late);
    stopped.removeEventListener('abort', onStopped);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a process that was killed left behind, once it is older than any audit takes. */
export async function removeLeftovers(olderThanMs: number): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const path = join(tmpdir(), name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > olderThanMs) await rm(path, { recursive: true, force: true });
  }
}

async function protocolOf(remote: string, { localRoot }: FetchLimits): Promise<string> {
  if (!URL.canParse(remote)) return 'ssh';
  const { protocol } = new URL(remote);
  if (protocol !== 'file:') return protocol.slice(0, -1);
  const root = localRoot === null ? null : await realpath(localRoot).catch(() => null);
  const path = await realpath(fileURLToPath(remote)).catch(() => null);
  const isInside = root !== null && path !== null && (path === root || path.startsWith(root + sep));
  if (isInside) return 'file';
  throw new FetchFailure(
    'The repository is no folder that this worker may read: WEFT_AUDIT_LOCAL_ROOT names where they are.',
  );
}

/** In a file that nobody else reads, since arguments and environments of programs can be seen by others. */
async function keepToken(folder: string, remote: string, token: string): Promise<void> {
  const { origin } = new URL(remote);
  const value = Buffer.from(`x-access-token:${token}`).toString('base64');
  const text = `[http "${origin}/"]\n\textraHeader = Authorization: Basic ${value}\n`;
  await writeFile(join(folder, 'config'), text, { flag: 'a', mode: 0o600 });
}

async function fetchInto(
  store: GitStore,
  { remote, commitSha, changesSince }: WantedCommit,
  limits: FetchLimits,
): Promise<void> {
  const depth = changesSince.kind === 'fork' ? deepest : changesSince.kind === 'parent' ? 2 : 1;
  await fetchOne(store, remote, commitSha, depth, limits);
}

async function fetchOne(
  store: GitStore,
  remote: string,
  what: string,
  depth: number,
  { maxBytes }: FetchLimits,
): Promise<void> {
  const args = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    `--depth=${depth}`,
  ];
  // A refspec has a name for what it fetches, or nothing would hold it.
  const child = startGit(store, [...args, '--end-of-options', remote, `+${what}:refs/weft/${nameOf(what)}`], 'ignore');
  let isTooLarge = false;
  const watch = setInterval(() => {
    void bytesIn(join(store.folder, 'objects', 'pack')).then((bytes) => {
      if (bytes <= maxBytes) return;
      isTooLarge = true;
      endGit(child);
    });
  }, 200);
  try {
    await endOfGit(child, store.signal, 'The commit could not be fetched');
  } catch (error) {
    if (isTooLarge) throw new FetchFailure(`The commit has more than ${maxBytes} bytes.`, { cause: error });
    throw error;
  } finally {
    clearInterval(watch);
  }
  if ((await bytesIn(join(store.folder, 'objects', 'pack'))) > maxBytes) {
    throw new FetchFailure(`The commit has more than ${maxBytes} bytes.`);
  }
}

function nameOf(what: string): string {
  return /^[0-9a-f]{40}$/.test(what) ? what : 'base';
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of a list of changed paths. */
const longestList = 64_000_000;

/** Null when nobody can tell, as of a base that was pushed away and cleared out: then everything counts. */
async function changedPaths(store: GitStore, wanted: WantedCommit, limits: FetchLimits): Promise<string[] | null> {
  const base = await baseOf(store, wanted, limits);
  if (base === null) return null;
  const diff = [
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-commit-id',
  ];
  const list = await outputOfGit(store, [...diff, '--end-of-options', base, wanted.commitSha, '--'], longestList);
  return list
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}

async function baseOf(
  store: GitStore,
  { remote, commitSha, changesSince }: WantedCommit,
  limits: FetchLimits,
): Promise<string | null> {
  switch (changesSince.kind) {
    case 'beginning':
      return null;
    case 'parent':
      return await resolve(store, `${commitSha}^`);
    case 'commit':
      return (await tryFetch(store, remote, changesSince.sha, 1, limits)) ? changesSince.sha : null;
    case 'fork': {
      const { from } = changesSince;
      if (!(await tryFetch(store, remote, from, deepest, limits))) return null;
      const tip = `refs/weft/${nameOf(from)}`;
      // Histories that part further back are compared as they stand.
      return (await ask(store, ['merge-base', tip, commitSha])) ?? (await resolve(store, tip));
    }
  }
}

async function tryFetch(
  store: GitStore,
  remote: string,
  what: string,
  depth: number,
  limits: FetchLimits,
): Promise<boolean> {
  try {
    await fetchOne(store, remote, what, depth, limits);
    return true;
  } catch (error) {
    if (error instanceof FetchFailure && !error.mayPass && !store.signal.aborted) return false;
    throw error;
  }
}

function resolve(store: GitStore, name: string): Promise<string | null> {
  return ask(store, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
}

async function ask(store: GitStore, args: readonly string[]): Promise<string | null> {
  try {
    return (await outputOfGit(store, args, 1_000)).toString('utf8').trim() || null;
  } catch (error) {
    if (error instanceof FetchFailure && !store.signal.aborted) return null;
    throw error;
  }
}
