import { execFile } from 'node:child_process';
import { constants, lstat, open, opendir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findContract, readable, type AuditFile, type AuditSubject } from '../../subgraphs/audit-and-builds/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { askGit, listGitFiles } from '../checkout/index.js';

export interface AuditFolderOptions {
  /** Only what changed since this commit counts as changed. */
  readonly since?: string | undefined;
  /** Files of the contracts, instead of those in `contracts/`. */
  readonly boundaries?: string | undefined;
  readonly physics?: string | undefined;
}

export async function readAuditSubject(folder: string, options: AuditFolderOptions): Promise<AuditSubject> {
  const isFolder = await lstat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new StartupError(`${folder} is no folder.`);
  const files = await readFiles(folder);
  return {
    files,
    changedPaths: options.since === undefined ? null : await changedSince(folder, options.since),
    boundaries: await readContract(files, 'boundaries', options.boundaries),
    physics: await readContract(files, 'physics', options.physics),
  };
}

/** What git tracks, or would; in a folder that is no repository, everything but dependencies and output. */
async function readFiles(root: string): Promise<AuditFile[]> {
  const files: AuditFile[] = [];
  let bytes = 0;
  for await (const path of (await isTracked(root)) ? listGitFiles(root) : walk(root)) {
    const content = readable.isReadableName(path) ? await readText(root, path) : null;
    if (content === null) continue;
    files.push({ path, content });
    bytes += content.length;
    if (files.length > readable.mostFiles || bytes > readable.mostBytes) {
      throw new StartupError(
        `${root} has more than ${readable.mostFiles} files or ${readable.mostBytes} bytes of text.`,
      );
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A folder inside of a repository is judged as it is, also where the repository ignores it. */
async function isTracked(root: string): Promise<boolean> {
  return (
    (await askGit(root)) !== null &&
    (await lstat(join(root, '.git')).then(
      () => true,
      () => false,
    ))
  );
}

/** Never the author's own words: dependencies, build output, git's store. */
const skippedFolders = new Set(['.git', 'node_modules', 'dist', 'build', 'coverage', '.venv', '__pycache__']);

/** Without following links: a folder that links to its parent would never end. */
async function* walk(root: string): AsyncGenerator<string> {
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for await (const entry of await opendir(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) pending.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}

/** Null for links, pipes and folders, for what is no text, is too large, or has gone since it was listed. */
async function readText(root: string, path: string): Promise<string | null> {
  // NONBLOCK: opening a named pipe would wait for a writer for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(join(root, path), flags).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return null;
    // Without it the audit would pass over what it has not seen.
    throw new StartupError(`${join(root, path)} can't be read.`, { cause: error });
  });
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile() || !readable.isOfReadableSize(path, found.size)) return null;
    return readable.toText(await handle.readFile());
  } finally {
    await handle.close();
  }
}

const run = promisify(execFile);
/** A checkout's own configuration may name programs to run; reading it must start none. */
const harmless = ['--no-optional-locks', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

async function changedSince(folder: string, since: string): Promise<string[]> {
  const diff = [
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--name-only',
    '--relative',
    '-z',
    '--end-of-options',
    since,
    '--',
  ];
  try {
    const { stdout } = await run('git', [...harmless, '-C', folder, ...diff], { maxBuffer: 1 << 26, timeout: 60_000 });
    return stdout.split('\0').filter((path) => path !== '');
  } catch (error) {
    throw new StartupError(`git can't tell what changed since ${JSON.stringify(since)} in ${folder}.`, {
      cause: error,
    });
  }
}

/** Null when no file was named and there is none where contracts are kept. */
async function readContract(
  files: readonly AuditFile[],
  name: 'boundaries' | 'physics',
  file: string | undefined,
): Promise<string | null> {
  if (file === undefined) return findContract(files, name);
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new StartupError(`--${name} ${file} can't be read.`, { cause: error });
  });
}
