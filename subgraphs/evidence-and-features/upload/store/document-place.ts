/** Where the bytes of documents are kept: a folder, the database, or a bucket. A file stands there whole or not at all. */
import type { Readable } from 'node:stream';
import type { Queryable, Transaction } from '../../../kernel/db/index.js';

/** From the first byte that is wanted to the last, both counted from 0 and included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface OpenedFile {
  /** Of the whole file, also where a part of it was asked for. */
  readonly bytes: number;
  /** A reader that stops early destroys it. */
  readonly stream: (range?: ByteRange) => Promise<Readable>;
}

/** A file that has arrived, not in its place yet. */
export interface ArrivedFile {
  readonly hash: string;
  readonly bytes: number;
  /** Where it lies on this machine; a place may take it from there. */
  readonly temporary: string;
}

/** Keys are what `isStorePath` allows; those of uploads say the hash. */
export interface DocumentPlace {
  /** A folder on the file system where arriving files are collected. */
  readonly incoming: string;
  /** The same content again takes the place of itself. */
  put(tx: Transaction, key: string, file: ArrivedFile): Promise<void>;
  /** Null when there is none. */
  open(db: Queryable, key: string): Promise<OpenedFile | null>;
  /** Nothing for a key that is not there. */
  remove(tx: Transaction, key: string): Promise<void>;
  /** Hashes of the files that were put there so long ago. */
  listHashes(db: Queryable, olderThanMs: number): AsyncGenerator<string>;
}
