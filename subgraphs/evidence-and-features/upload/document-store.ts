/**
 * Files by the hash of their bytes, in a folder of the data folder. A file is written beside them under a name that is no hash
 * and takes its place in one step: whoever reads a stored file reads it whole.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

const folder = 'documents';
const incoming = '.incoming';

export interface StoredFile {
  /** Relative to the data folder, with `/` between its parts: what a document's `filePath` says. */
  readonly path: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly hash: string;
  readonly bytes: number;
}

/** Whether a document's path says that its file is in the store. By its text alone: what is there is another question. */
export function isStorePath(path: string): boolean {
  const parts = path.split('/');
  return parts.length >= 2 && parts[0] === folder && parts.slice(1).every((part) => /^[\w-][\w. -]*$/.test(part));
}

/** Where a file with this hash is kept. */
export function storePathOf(hash: string): string {
  return `${folder}/${hash.slice(0, 2)}/${hash}`;
}

export class DocumentStore {
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = resolve(dataDir);
  }

  /** Begins a file. Nothing of it is left unless it is placed. */
  async create(): Promise<IncomingFile> {
    const place = join(this.#dataDir, folder, incoming);
    await mkdir(place, { recursive: true });
    const path = join(place, randomUUID());
    return new IncomingFile(await open(path, 'wx', 0o600), path, this.#dataDir);
  }

  /** The bytes of a stored file. Null when there is none, it is larger than `maxBytes`, or a link leads out of the store. */
  async read(path: string, maxBytes: number): Promise<Uint8Array | null> {
    if (!isStorePath(path)) return null;
    try {
      const root = await realpath(join(this.#dataDir, folder));
      const file = await realpath(join(this.#dataDir, path));
      const inside = relative(root, file);
      if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return null;
      const handle = await open(file, 'r');
      try {
        const found = await handle.stat();
        return found.isFile() && found.size <= maxBytes ? await handle.readFile() : null;
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Nothing for a path that is not in the store, or not there. */
  async remove(path: string): Promise<void> {
    if (isStorePath(path)) await rm(join(this.#dataDir, path), { force: true });
  }

  /** Removes what uploads of processes that were killed have left. A running one writes to its file, which keeps it young. */
  async sweepIncoming(olderThanMs: number): Promise<number> {
    const left = await listOlder(join(this.#dataDir, folder, incoming), olderThanMs);
    for (const path of left) await rm(path, { force: true });
    return left.length;
  }

  /** Hashes of the files that have not been touched for so long. */
  async *listHashes(olderThanMs: number): AsyncGenerator<string> {
    const shelves = await readdir(join(this.#dataDir, folder)).catch(() => []);
    for (const shelf of shelves.filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      for (const path of await listOlder(join(this.#dataDir, folder, shelf), olderThanMs)) yield basename(path);
    }
  }
}

async function listOlder(place: string, olderThanMs: number): Promise<string[]> {
  const older: string[] = [];
  for (const name of await readdir(place).catch(() => [])) {
    const path = join(place, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs >= olderThanMs) older.push(path);
  }
  return older;
}

/** A file while it arrives. */
export class IncomingFile {
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #dataDir: string;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #isPlaced = false;

  constructor(handle: FileHandle, temporary: string, dataDir: string) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#dataDir = dataDir;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    await this.#handle.writeFile(chunk);
  }

  /** All of it has arrived and is on disk, not in its place yet. */
  async end(): Promise<StoredFile> {
    await this.#handle.sync();
    await this.#handle.close();
    const hash = this.#hash.digest('hex');
    return { path: storePathOf(hash), hash, bytes: this.#bytes };
  }

  /** Into its place, for good. The same content again takes the place of itself. */
  async place({ path }: StoredFile): Promise<void> {
    if (this.#isPlaced) return;
    const target = join(this.#dataDir, path);
    await mkdir(dirname(target), { recursive: true });
    await rename(this.#temporary, target);
    this.#isPlaced = true;
    // The name is on disk once its folder is.
    const shelf = await open(dirname(target), 'r');
    await shelf.sync().finally(() => shelf.close());
  }

  /** Nothing is left, unless it is in its place. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    if (!this.#isPlaced) await rm(this.#temporary, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
}
