import { createHash } from 'node:crypto';
import { constants, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const maxTrees = 100;

/**
 * `system_state_hash` of every tree below a folder `src`: SHA-256 over path and bytes of each file in order of path. The
 * standard leaves open where paths begin, and one generator in use puts a NUL behind each, so there are four for a tree.
 */
export async function hashTrees(root: string, sourcePaths: readonly string[]): Promise<string[]> {
  const trees = new Map<string, string[]>();
  for (const path of sourcePaths) {
    for (const match of path.matchAll(/(?:^|\/)src\//g)) {
      const tree = path.slice(0, match.index + match[0].length);
      const inside = path.slice(tree.length);
      if (/(?:^|\/)(?:\.|node_modules\/)/.test(inside)) continue;
      const inTree = trees.get(tree) ?? [];
      trees.set(tree, inTree);
      inTree.push(inside);
    }
  }
  const hashes: string[] = [];
  for (const [tree, paths] of [...trees].sort().slice(0, maxTrees)) {
    const ways = [`src/`, ''].flatMap((prefix) =>
      ['', '\0'].map((separator) => ({ prefix, separator, hash: createHash('sha256') })),
    );
    for (const inside of paths.sort()) {
      let isBegun = false;
      const begin = (): void => {
        for (const { prefix, separator, hash } of isBegun ? [] : ways) hash.update(`${prefix}${inside}${separator}`);
        isBegun = true;
      };
      const isFile = await readInto(root, tree + inside, (chunk) => {
        begin();
        for (const { hash } of ways) hash.update(chunk);
      });
      // An empty file has its name.
      if (isFile) begin();
    }
    hashes.push(...ways.map(({ hash }) => hash.digest('hex')));
  }
  return hashes;
}

/** As the standard has it, over `src/` at the root, paths relative to it; null when there is none. */
export async function stateHashOf(root: string, sourcePaths: readonly string[]): Promise<string | null> {
  const inRoot = sourcePaths.filter((path) => path.startsWith('src/'));
  const [, , hash] = inRoot.length === 0 ? [] : await hashTrees(root, inRoot);
  return hash ?? null;
}

/** Hands over the bytes of a file; false when there is none. Links are not followed. */
export async function readInto(root: string, path: string, take: (chunk: Buffer) => void): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    if (!(await handle.stat()).isFile()) return false;
    for await (const chunk of handle.createReadStream({ autoClose: false })) take(chunk as Buffer);
    return true;
  } finally {
    await handle.close();
  }
}
