import { execFile } from 'node:child_process';
import { lstat, opendir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuditFile, AuditSubject } from '../../subgraphs/audit-and-builds/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';

export interface AuditFolderOptions {
  /** Only what changed since this commit counts as changed. */
  readonly since?: string | undefined;
  /** Files of the contracts, instead of those in `contracts/`. */
  readonly boundaries?: string | undefined;
  readonly physics?: string | undefined;
}

/** Never the author's own words: dependencies, build output, git's store. */
const skippedFolders = new Set(['.git', 'node_modules', 'dist', 'build', 'coverage', '.venv', '__pycache__']);
const read = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|cs|php|swift|graphql|gql|graphqls)$/;
/** Larger ones are generated. */
const largestFile = 1_000_000;
const mostFiles = 50_000;

export async function readAuditSubject(folder: string, options: AuditFolderOptions): Promise<AuditSubject> {
  const isFolder = await lstat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new StartupError(`${folder} is no folder.`);
  return {
    files: await readFiles(folder),
    changedPaths: options.since === undefined ? null : await changedSince(folder, options.since),
    boundaries: await readContract(folder, 'boundaries', options.boundaries),
    physics: await readContract(folder, 'physics', options.physics),
  };
}

/** Without following links: a folder that links to its parent would never end. */
async function readFiles(root: string): Promise<AuditFile[]> {
  const files: AuditFile[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for await (const entry of await opendir(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) pending.push(path);
      else if (entry.isFile() && read.test(path)) {
        const content = await readFile(join(root, path), 'utf8');
        if (content.length <= largestFile) files.push({ path, content });
      }
    }
    if (files.length > mostFiles) throw new StartupError(`${root} has more than ${mostFiles} source files.`);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
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

const endings = ['.yaml', '.yml', '.json', '.md'];

/** Null when no file was named and there is none in `contracts/`. */
async function readContract(folder: string, name: string, file: string | undefined): Promise<string | null> {
  if (file !== undefined) {
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw new StartupError(`--${name} ${file} can't be read.`, { cause: error });
    });
  }
  for (const ending of endings) {
    const path = join(folder, 'contracts', `${name}${ending}`);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      // Without it the audit would pass where nothing was held against anything.
      throw new StartupError(`${path} can't be read.`, { cause: error });
    });
    if (text !== null) return text;
  }
  return null;
}
