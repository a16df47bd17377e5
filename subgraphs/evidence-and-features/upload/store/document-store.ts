/**
 * Files by the hash of their bytes. A file is collected beside them and takes its place in one step: whoever reads a stored
 * file reads it whole.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queryable, Transaction } from '../../../kernel/db/index.js';
import type { DocumentPlace, OpenedFile } from './document-place.js';
import { FolderPlace, listOlder } from './folder-place.js';

/** What the path of a document whose file is in the store begins with, wherever that store is. */
const root = 'documents/';

export interface StoredFile {
  /** What a document's `filePath` says. */
  readonly path: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly hash: string;
  readonly bytes: number;
}

/** Whether a document's path says that its file is in the store. By its text alone: what is there is another question. */
export function isStorePath(path: string): boolean {
  return (
    path.startsWith(root) &&
    path
      .slice(root.length)
      .split('/')
      .every((part) => /^[\w-][\w. -]*$/.test(part))
  );
}

/** Where a file with this hash is kept. */
export function storePathOf(hash: string): string {
  return `${root}${hash.slice(0, 2)}/${hash}`;
}

export class DocumentStore {
  readonly #place: DocumentPlace;

  constructor(place: DocumentPlace) {
    this.#place = place;
  }

  /** The store of a data folder. */
  static inside(dataDir: string): DocumentStore {
    return new DocumentStore(new FolderPlace(join(dataDir, root)));
  }

  /** Begins a file. Nothing of it is left unless it is placed. */
  async create(): Promise<IncomingFile> {
    await mkdir(this.#place.incoming, { recursive: true });
    const path = join(this.#place.incoming, randomUUID());
    return new IncomingFile(await open(path, 'wx', 0o600), path, this.#place);
  }

  /** Null when there is none. */
  async open(db: Queryable, path: string): Promise<OpenedFile | null> {
    return isStorePath(path) ? await this.#place.open(db, path.slice(root.length)) : null;
  }

  /** The bytes of a stored file. Null when there is none, or it is larger than `maxBytes`. */
  async read(db: Queryable, path: string, maxBytes: number): Promise<Uint8Array | null> {
    const file = await this.open(db, path);
    if (file === null || file.bytes > maxBytes) return null;
    const chunks: Uint8Array[] = [];
    if (file.bytes > 0) for await (const chunk of await file.stream()) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  }

  /** Nothing for a path that is not in the store, or not there. */
  async remove(tx: Transaction, path: string): Promise<void> {
    if (isStorePath(path)) await this.#place.remove(tx, path.slice(root.length));
  }

  /** Removes what uploads of processes that were killed have left. A running one writes to its file, which keeps it young. */
  async sweepIncoming(olderThanMs: number): Promise<number> {
    const left = await listOlder(this.#place.incoming, olderThanMs);
    for (const path of left) await rm(path, { force: true });
    return left.length;
  }

  /** Hashes of the files that were stored so long ago. */
  listHashes(db: Queryable, olderThanMs: number): AsyncGenerator<string> {
    return this.#place.listHashes(db, olderThanMs);
  }
}

/** A file while it arrives. */
export class IncomingFile {
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #place: DocumentPlace;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(handle: FileHandle, temporary: string, place: DocumentPlace) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#place = place;
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

  /** Into its place, for good, once: nothing when it is there. */
  async place(tx: Transaction, { path, hash, bytes }: StoredFile): Promise<void> {
    await this.#place.put(tx, path.slice(root.length), { hash, bytes, temporary: this.#temporary });
  }

  /** Nothing is left on this machine, unless its place is here. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}
