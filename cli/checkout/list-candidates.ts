import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  findPackageFolders,
  formatOfPath,
  isCodePath,
  isReadFromPackage,
  isSurroundingPath,
  packageOf,
} from '../../subgraphs/traceability/domain/index.js';
import { listGitFiles } from './git-command.js';

/** Never the author's own words: dependencies, build output, git's store. */
const skippedFolders = new Set(['.git', 'node_modules', 'dist']);

export interface Candidates {
  /** What may be an artifact or a part of one, sorted. */
  readonly paths: readonly string[];
  /** Those of them of which the hash is enough: logs and pictures in evidence packages. */
  readonly hashed: ReadonlySet<string>;
  /** All that lies in evidence packages: what can't be read there counts as being there all the same. */
  readonly packaged: ReadonlySet<string>;
  /** What lies below a folder named `src`. */
  readonly sources: readonly string[];
  /** What may bear annotations. */
  readonly code: readonly string[];
}

/** What git ignores is left out where git can say so: it is not in the commit. */
export async function listCandidates(root: string, hasGit: boolean): Promise<Candidates> {
  const candidates = new Set<string>();
  const evidence: string[] = [];
  const sources: string[] = [];
  const code: string[] = [];
  for await (const path of hasGit ? listGitFiles(root) : walk(root)) {
    if (isCandidate(path)) candidates.add(path);
    if (isUnderEvidence(path)) evidence.push(path);
    if (isSkipped(path) || isUnderGxp(path)) continue;
    if (/(?:^|\/)src\//.test(path)) sources.push(path);
    if (isCodePath(path)) code.push(path);
  }
  const folders = new Set(findPackageFolders(evidence));
  const hashed = new Set<string>();
  const packaged = new Set<string>();
  for (const path of evidence) {
    const folder = packageOf(path, folders);
    if (folder === undefined) continue;
    candidates.add(path);
    packaged.add(path);
    if (!isReadFromPackage(path.slice(folder.length + 1))) hashed.add(path);
  }
  return { paths: [...candidates].sort((a, b) => (a < b ? -1 : 1)), hashed, packaged, sources, code };
}

/** All that lies in a folder which is one evidence package, wherever it stands. */
export async function listPackage(root: string): Promise<Candidates> {
  const paths: string[] = [];
  for await (const path of walk(root, new Set())) paths.push(path);
  const hashed = new Set(paths.filter((path) => !isReadFromPackage(path)));
  return { paths: paths.sort(), hashed, packaged: new Set(paths), sources: [], code: [] };
}

/** Everything that an artifact can be under `.gxp`, and Markdown anywhere. */
function isCandidate(path: string): boolean {
  if (isSkipped(path)) return false;
  if (isSurroundingPath(path)) return true;
  return isUnderGxp(path) ? formatOfPath(path) !== null : formatOfPath(path) === 'MARKDOWN';
}

function isSkipped(path: string): boolean {
  return path.split('/').some((segment) => skippedFolders.has(segment));
}

export function isUnderGxp(path: string): boolean {
  return path.startsWith('.gxp/') || path.includes('/.gxp/');
}

function isUnderEvidence(path: string): boolean {
  return path.startsWith('.gxp/evidence/') || path.includes('/.gxp/evidence/');
}

/** Without recursion and without following links: a folder that links to its parent would never end. */
async function* walk(root: string, skipped = skippedFolders): AsyncGenerator<string> {
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
      const isLeftOut = skipped.has(entry.name) && !isUnderEvidence(path);
      if (entry.isDirectory() && !isLeftOut) pending.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    }
  }
}
