/** Files in a folder, that every process which takes or reads uploads has to see. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Queryable, Transaction } from '../../../kernel/db/index.js';
import type { ArrivedFile, DocumentPlace, OpenedFile } from './document-place.js';

export class FolderPlace implements DocumentPlace {
  readonly incoming: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = resolve(folder);
    // In the folder itself: what has arrived takes its place by a rename.
    this.incoming = join(this.#folder, '.incoming');
  }

  async put(_tx: Transaction, key: string, { temporary }: ArrivedFile): Promise<void> {
    const target = join(this.#folder, key);
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target).catch(async (error: unknown) => {
      // A transaction that is tried again has moved it the first time.
      if (!isMissing(error) || !(await stat(target)).isFile()) throw error;
    });
    // The name is on disk once its folder is.
    const shelf = await open(dirname(target), 'r');
    await shelf.sync().finally(() => shelf.close());
  }

  /** Null also when a link leads out of the folder. */
  async open(_db: Queryable, key: string): Promise<OpenedFile | null> {
    try {
      const root = await realpath(this.#folder);
      const file = await realpath(join(this.#folder, key));
      const inside = relative(root, file);
      if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return null;
      const found = await stat(file);
      return found.isFile() ? { bytes: found.size, stream: async (range) => createReadStream(file, range) } : null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async remove(_tx: Transaction, key: string): Promise<void> {
    await rm(join(this.#folder, key), { force: true });
  }

  async *listHashes(_db: Queryable, olderThanMs: number): AsyncGenerator<string> {
    const shelves = await readdir(this.#folder).catch(() => []);
    for (const shelf of shelves.filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const path of await listOlder(join(this.#folder, shelf), olderThanMs)) yield basename(path);
    }
  }
}

export async function listOlder(folder: string, olderThanMs: number): Promise<string[]> {
  const older: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs >= olderThanMs) older.push(path);
  }
  return older;
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
}
