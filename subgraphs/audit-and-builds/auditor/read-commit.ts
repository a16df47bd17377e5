/** The texts of a commit, out of git's store: no link is followed, no filter runs, and a module of another repository is none of it. */
import type { AuditFile } from '../domain/audit/index.js';
import { isOfReadableSize, isReadableName, mostBytes, mostFiles, toText } from '../domain/audit/readable.js';
import { endGit, endOfGit, FetchFailure, startGit, type GitStore } from './git.js';

interface Entry {
  readonly path: string;
  readonly oid: string;
  readonly size: number;
}

/** Throws FetchFailure when the commit has more than an audit reads. */
export async function readFiles(store: GitStore, commitSha: string): Promise<AuditFile[]> {
  const entries = (await listEntries(store, commitSha)).filter(
    ({ path, size }) => isReadableName(path) && isOfReadableSize(path, size),
  );
  if (entries.reduce((sum, { size }) => sum + size, 0) > mostBytes) {
    throw new FetchFailure(`The commit has more than ${mostBytes} bytes of text.`);
  }
  return entries.length === 0 ? [] : readEntries(store, entries);
}

const regular = /^100\d{3} blob ([0-9a-f]{40,64}) +(\d+)\t([^]+)$/;

/** Regular files alone: links, modules and folders are something else. */
async function listEntries(store: GitStore, commitSha: string): Promise<Entry[]> {
  const child = startGit(store, ['ls-tree', '-r', '-l', '-z', '--full-tree', commitSha], 'ignore');
  const entries: Entry[] = [];
  let [rest, seen] = ['', 0];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\0');
    rest = lines.pop() ?? '';
    seen += lines.length;
    // A small pack can hold a tree of billions.
    if (seen > mostFiles) return endGit(child);
    for (const line of lines) {
      const [, oid = '', size = '', path = ''] = regular.exec(line) ?? [];
      if (oid !== '') entries.push({ path, oid, size: Number(size) });
    }
  });
  try {
    await endOfGit(child, store.signal, 'The files of the commit can’t be listed');
  } catch (error) {
    if (seen > mostFiles) throw new FetchFailure(`The commit has more than ${mostFiles} files.`, { cause: error });
    throw error;
  }
  return entries;
}

const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/;

async function readEntries(store: GitStore, entries: readonly Entry[]): Promise<AuditFile[]> {
  const child = startGit(store, ['cat-file', '--batch'], 'pipe');
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(entries.map(({ oid }) => `${oid}\n`).join(''));
  await endOfGit(child, store.signal, 'The files of the commit can’t be read');
  const output = Buffer.concat(chunks);
  const files: AuditFile[] = [];
  let at = 0;
  for (const { path, size } of entries) {
    const start = output.indexOf(10, at) + 1;
    if (start === 0) throw new FetchFailure('The files of the commit can’t be read.');
    const content = toText(output.subarray(start, start + size));
    // What stands in the place of a large file is no source, whatever it is called.
    if (content !== null && !pointer.test(content)) files.push({ path, content });
    at = start + size + 1;
  }
  return files;
}
