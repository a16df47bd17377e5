/** Owns the embedded store's folder: one process at a time, one PostgreSQL major, never a half-made store. */
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from '../errors/index.js';

export interface DataFolder {
  /** PostgreSQL's own folder inside. */
  readonly store: string;
  /** Call once a new store stands whole. */
  ready(): void;
  /** Gives the folder up. */
  release(): void;
}

interface Owner {
  readonly pid: number;
  /** Tells a process from a later one with the same pid (in a container the pid is always the same). */
  readonly startedAt: string | null;
}

/** Takes the folder for this process. Throws StartupError when another process has it or another major wrote it. */
export function takeDataFolder(folder: string, major: number): DataFolder {
  const path = resolve(folder);
  const store = join(path, 'database');
  const unfinished = join(path, 'initialising');
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new StartupError(
      `Cannot use ${path} as data folder: ${reason(error)}. Set WEFT_DATA_DIR to a folder that can be written.`,
      {
        cause: error,
      },
    );
  }
  const release = lock(path);
  try {
    // A first start that was cut off leaves half a store, in which nothing was ever acknowledged: start over.
    if (existsSync(unfinished)) rmSync(store, { recursive: true, force: true });
    if (existsSync(store)) assertMajor(store, path, major);
    else writeFileSync(unfinished, '');
  } catch (error) {
    release();
    throw error;
  }
  return { store, ready: () => rmSync(unfinished, { force: true }), release };
}

function assertMajor(store: string, path: string, major: number): void {
  const file = join(store, 'PG_VERSION');
  const written = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
  if (written !== String(major)) {
    throw new StartupError(
      `The data folder ${path} was written by PostgreSQL ${written}, and this build reads PostgreSQL ${major}. ` +
        'Start the version that wrote it and dump the data, or set WEFT_DATA_DIR to another folder.',
    );
  }
}

function lock(path: string): () => void {
  const file = join(path, 'lock');
  const own = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) } satisfies Owner);
  for (;;) {
    try {
      writeFileSync(file, own, { flag: 'wx' });
      return () => {
        if (readIfThere(file) === own) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new StartupError(`Cannot write the lock file ${file}: ${reason(error)}.`, { cause: error });
      }
    }
    const found = readIfThere(file);
    if (found === null) continue;
    const owner = toOwner(found);
    if (owner !== null && isRunning(owner)) {
      const who = owner.pid === process.pid ? 'this process' : `process ${owner.pid}`;
      throw new StartupError(
        `The data folder ${path} is in use by ${who}. Stop it first, or set WEFT_DATA_DIR to another folder.`,
      );
    }
    removeStale(file, found);
  }
}

/** Removes the lock of a dead process, and only that: a second process may have taken it over since it was read. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, file);
  unlinkSync(aside);
}

function toOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return Number.isInteger(owner.pid) ? { pid: owner.pid as number, startedAt: owner.startedAt ?? null } : null;
  } catch {
    return null; // cut off while it was written: its writer is dead
  }
}

function isRunning({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (isDead(pid)) return false;
  return startedAt === null || startOf(pid) === startedAt;
}

/** Ended, and not yet taken note of by its parent: such a process still answers to its pid, in a container for ever. */
function isDead(pid: number): boolean {
  const [state = ''] = statOf(pid) ?? [];
  return state === 'Z' || state === 'X';
}

/** Fields of `/proc/…/stat` from the third on; null where there is none. */
function statOf(pid: number): readonly string[] | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may itself hold spaces.
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** When a process started, in whatever spelling the system has; null when it can't say. */
function startOf(pid: number): string | null {
  const stat = statOf(pid);
  if (stat !== null) return stat[19] ?? null;
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
