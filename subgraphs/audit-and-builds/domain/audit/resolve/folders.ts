/** Files of a repository by folder and name. */
import { posix } from 'node:path';

/** A folder and those above it, the nearest first; the root is `.`. */
export function* foldersUp(path: string): Generator<string> {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    yield folder;
    if (folder === '.' || folder === '/') return;
  }
}

/** Every folder that holds something. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>(['.']);
  for (const path of paths) {
    for (const folder of foldersUp(path)) {
      if (folder === '.' || folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}
