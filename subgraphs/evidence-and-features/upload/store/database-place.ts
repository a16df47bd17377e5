/** Files in parts in the database itself: nothing to set up, and every process sees them. */
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Queryable, Transaction } from '../../../kernel/db/index.js';
import {
  addFile,
  addFilePart,
  findFileSize,
  listFiles,
  readFilePart,
  removeFile,
} from '../../repository/document-files.js';
import type { ArrivedFile, ByteRange, DocumentPlace, OpenedFile } from './document-place.js';

/** What one statement carries. */
const partBytes = 1_048_576;
const pageSize = 1_000;

export class DatabasePlace implements DocumentPlace {
  readonly incoming: string;

  constructor(incoming: string) {
    this.incoming = incoming;
  }

  /** In the document's own transaction: there are both or neither. */
  async put(tx: Transaction, key: string, { bytes, temporary }: ArrivedFile): Promise<void> {
    if (!(await addFile(tx, key, bytes))) return;
    const file = await open(temporary, 'r');
    try {
      for (let at = 0; at < bytes; at += partBytes) {
        const part = Buffer.alloc(Math.min(partBytes, bytes - at));
        const { bytesRead } = await file.read(part, { position: at });
        if (bytesRead < part.length) throw new Error('an arrived file is shorter than it was');
        await addFilePart(tx, key, at, part);
      }
    } finally {
      await file.close();
    }
  }

  async open(db: Queryable, key: string): Promise<OpenedFile | null> {
    const bytes = await findFileSize(db, key);
    if (bytes === null) return null;
    return {
      bytes,
      stream: async (range = { start: 0, end: bytes - 1 }) =>
        Readable.from(readParts(db, key, range), { objectMode: false }),
    };
  }

  async remove(tx: Transaction, key: string): Promise<void> {
    await removeFile(tx, key);
  }

  async *listHashes(db: Queryable, olderThanMs: number): AsyncGenerator<string> {
    for (let after = ''; ;) {
      const paths = await listFiles(db, { after, olderThanMs, limit: pageSize });
      for (const path of paths) yield path.slice(path.lastIndexOf('/') + 1);
      const last = paths.at(-1);
      if (last === undefined || paths.length < pageSize) return;
      after = last;
    }
  }
}

async function* readParts(db: Queryable, key: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  for (let at = start; at <= end;) {
    const part = await readFilePart(db, key, at);
    if (part === null) throw new Error('a stored file has lost a part');
    yield part.subarray(0, end + 1 - at);
    at += part.length;
  }
}
