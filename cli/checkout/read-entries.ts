import { createHash } from 'node:crypto';
import { constants, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import {
  defaultMaxFileBytes,
  looksLikeArtifact,
  maxFrontMatterBytes,
  type ArtifactFile,
  type FileDigest,
  type Problem,
  type ProblemCode,
} from '../../subgraphs/traceability/domain/index.js';
import { isUnderGxp, type Candidates } from './list-candidates.js';

/** A file to parse, one that is known by its hash alone, or why a file was not even read. */
export type CheckoutEntry =
  | { readonly file: ArtifactFile & { readonly content: Uint8Array }; readonly digest?: null; readonly problem: null }
  | { readonly file: null; readonly digest: FileDigest; readonly problem: null }
  | { readonly file: null; readonly digest?: null; readonly problem: Problem };

/** A film of a test run is not larger (4 GiB). */
const maxHashedBytes = 4 * 1_073_741_824;

/**
 * Reads one candidate after the other, so memory holds one file at a time. Markdown outside `.gxp` that does not speak of
 * a `gxp_id` is passed over after a look at its head. A link is never followed: inside the folder its target is found by
 * itself, outside is none of a scan's business.
 */
export async function* readEntries(
  root: string,
  { paths, hashed, packaged }: Candidates,
  maxFileBytes = defaultMaxFileBytes,
): AsyncGenerator<CheckoutEntry> {
  const isInside = createInsideCheck(await realpath(root));
  for (const path of paths) {
    const wanted = { maxFileBytes: hashed.has(path) ? null : maxFileBytes, isPackaged: packaged.has(path) };
    const entry = (await isInside(join(root, dirname(path))))
      ? await readEntry(root, path, wanted, isInside)
      : rejected(path, 'UNSAFE_PATH', 'The file is not read: a link in its path leads out of the folder.');
    if (entry !== null) yield entry;
  }
}

/** What of a file is asked for. */
interface Wanted {
  /** Null where the hash is enough. */
  readonly maxFileBytes: number | null;
  readonly isPackaged: boolean;
}

async function readEntry(
  root: string,
  path: string,
  wanted: Wanted,
  isInside: (folder: string) => Promise<boolean>,
): Promise<CheckoutEntry | null> {
  let handle: FileHandle;
  const absolute = join(root, path);
  try {
    // NONBLOCK: opening a named pipe would wait for a writer for ever.
    handle = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (path.includes('\ufffd')) return rejected(path, 'FILE_UNREADABLE', 'The name of the file is not UTF-8.');
    // Deleted since it was listed, or in the index of git only.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    // A link that was put into a package is a file that is there: git keeps its text, and so it is told.
    if (wanted.isPackaged) return digestOf(path, code === 'ELOOP' ? await readlink(absolute) : '');
    if (code !== 'ELOOP') return rejected(path, 'FILE_UNREADABLE', `The file cannot be read (${code}).`);
    const target = resolve(dirname(absolute), await readlink(absolute));
    if (await isInside(target)) return null;
    return rejected(path, 'UNSAFE_PATH', 'The file is not read: it is a link that leads out of the folder.');
  }
  try {
    return await readHandle(handle, path, wanted);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return rejected(path, 'FILE_UNREADABLE', `The file cannot be read (${code}).`);
  } finally {
    await handle.close();
  }
}

async function readHandle(
  handle: FileHandle,
  path: string,
  { maxFileBytes, isPackaged }: Wanted,
): Promise<CheckoutEntry | null> {
  const stat = await handle.stat();
  if (!stat.isFile()) return isPackaged ? digestOf(path, '') : null;
  if (maxFileBytes === null || (isPackaged && stat.size > maxFileBytes)) return hashHandle(handle, path, stat.size);
  if (!isPackaged && !isUnderGxp(path) && !looksLikeArtifact(await readHead(handle))) return null;
  if (stat.size > maxFileBytes) {
    const reason = `The file has ${stat.size} bytes; an artifact may have at most ${maxFileBytes}.`;
    return rejected(path, 'FILE_TOO_LARGE', reason);
  }
  const content = new Uint8Array(stat.size);
  let length = 0;
  for (let read = -1; length < content.length && read !== 0; length += read) {
    read = (await handle.read(content, length, content.length - length, length)).bytesRead;
  }
  return { file: { path, content: content.subarray(0, length) }, problem: null };
}

function digestOf(path: string, text: string): CheckoutEntry {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { file: null, digest: { path, sha256, sizeBytes: Buffer.byteLength(text) }, problem: null };
}

async function hashHandle(handle: FileHandle, path: string, size: number): Promise<CheckoutEntry> {
  if (size > maxHashedBytes) {
    return rejected(
      path,
      'FILE_TOO_LARGE',
      `The file has ${size} bytes; in a package it may have at most ${maxHashedBytes}.`,
    );
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    sizeBytes += (chunk as Buffer).byteLength;
    hash.update(chunk as Buffer);
  }
  return { file: null, digest: { path, sha256: hash.digest('hex'), sizeBytes }, problem: null };
}

async function readHead(handle: FileHandle): Promise<string> {
  const fence = await handle.read(new Uint8Array(6), 0, 6, 0);
  // Most Markdown has no front matter at all: do not read further than it takes to know.
  if (!Buffer.from(fence.buffer.subarray(0, fence.bytesRead)).toString('utf8').includes('---')) return '';
  const head = await handle.read(new Uint8Array(maxFrontMatterBytes + 16), 0, maxFrontMatterBytes + 16, 0);
  return Buffer.from(head.buffer.subarray(0, head.bytesRead)).toString('utf8');
}

/** Whether a path, all links in it resolved, stays in the folder. Remembered: a checkout has fewer folders than files. */
function createInsideCheck(realRoot: string): (path: string) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (path) => {
    const remembered = known.get(path);
    if (remembered !== undefined) return remembered;
    const real = await realpath(path).catch(() => null);
    // A path that leads nowhere is met again, and judged, when it is opened.
    const inside =
      real === null ? resolve(path).startsWith(realRoot + sep) : real === realRoot || real.startsWith(realRoot + sep);
    known.set(path, inside);
    return inside;
  };
}

function rejected(path: string, code: ProblemCode, reason: string): CheckoutEntry {
  return { file: null, problem: { path, line: 1, code, severity: 'REJECTED', reason } };
}
