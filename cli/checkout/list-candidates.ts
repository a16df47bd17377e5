import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatOfPath } from '../../subgraphs/traceability/domain/index.js';
import { listGitFiles } from './git-command.js';

/** Never the author's own words: dependencies, build output, git's store. */
const skippedFolders = new Set(['.git', 'node_modules', 'dist']);

/** The paths that may be artefacts, sorted; what git ignores is left out where git can say so. */
export async function listCandidates(root: string, hasGit: boolean): Promise<readonly string[]> {
  const candidates = new Set<string>();
  for await (const path of hasGit ? listGitFiles(root) : walk(root)) {
    if (isCandidate(path)) candidates.add(path);
  }
  return [...candidates].sort((a, b) => (a < b ? -1 : 1));
}

/** Everything that an artefact can be under `.gxp`, and Markdown anywhere. */
function isCandidate(path: string): boolean {
  if (path.split('/').some((segment) => skippedFolders.has(segment))) return false;
  return isUnderGxp(path) ? formatOfPath(path) !== null : formatOfPath(path) === 'MARKDOWN';
}

export function isUnderGxp(path: string): boolean {
  return path.startsWith('.gxp/') || path.includes('/.gxp/');
}

/** Without recursion and without following links: a folder that links to its parent would never end. */
async function* walk(root: string): AsyncGenerator<string> {
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    let entries;
    try {
      entries = await opendir(join(root, folder));
    } catch {
      continue;
    }
    for await (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) pending.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    }
  }
}
