/** The files of a scan, read: artefacts with the hash of their file, and everything that is wrong. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  checkArtefactSet,
  contentHashOf,
  findPackageFolders,
  packageOf,
  parseArtefactFile,
  readEvidencePackage,
  toPackageFile,
  type Artefact,
  type ArtefactFile,
  type FileDigest,
  type PackageFile,
  type PackageFolder,
  type Problem,
} from '../../domain/index.js';
import type { FoundArtifact } from './artifact-rows.js';

export interface ReadFiles {
  readonly found: readonly FoundArtifact[];
  /** In order of path and line. Their paths can be stored. */
  readonly problems: readonly Problem[];
}

/** 32 KB of broken front matter take 0.3 s, and a scan may have hundreds: requests have their turn in between (ms). */
const longestTurn = 20;

export async function readFiles(
  files: readonly ArtefactFile[],
  digests: readonly FileDigest[] = [],
): Promise<ReadFiles> {
  const artefacts: Artefact[] = [];
  const problems: Problem[] = [];
  const { packages, single } = splitPackages(files, digests);
  const hashByPath = new Map<string, string>();
  let turnBegan = performance.now();
  for (const each of [...packages, ...single]) {
    if (performance.now() - turnBegan > longestTurn) {
      await nextTurn();
      turnBegan = performance.now();
    }
    const parsed = 'files' in each ? readEvidencePackage(each) : parseArtefactFile(each);
    problems.push(...parsed.problems);
    if (parsed.artefact === null) continue;
    artefacts.push(parsed.artefact);
    hashByPath.set(
      parsed.artefact.path,
      'contentHash' in parsed ? parsed.contentHash : contentHashOf(each as ArtefactFile),
    );
  }
  const set = checkArtefactSet(artefacts);
  problems.push(...set.problems);
  const found = set.artefacts.flatMap((artefact): FoundArtifact[] => {
    const contentHash = hashByPath.get(artefact.path);
    if (contentHash === undefined) return [];
    return [{ artefact, contentHash, isDuplicate: set.duplicateIds.has(artefact.gxpId) }];
  });
  return { found, problems: problems.map(storable).sort(byPlace) };
}

/** Files of evidence packages speak together; every other file for itself. A hash outside a package says nothing. */
function splitPackages(
  files: readonly ArtefactFile[],
  digests: readonly FileDigest[],
): { packages: PackageFolder[]; single: ArtefactFile[] } {
  const folders = new Set(findPackageFolders([...files, ...digests].map(({ path }) => path)));
  const filesOf = new Map([...folders].map((folder) => [folder, new Map<string, PackageFile>()]));
  const single: ArtefactFile[] = [];
  const place = (path: string, toFile: () => PackageFile): boolean => {
    const folder = packageOf(path, folders);
    if (folder === undefined) return false;
    filesOf.get(folder)?.set(path.slice(folder.length + 1), toFile());
    return true;
  };
  for (const file of files) if (!place(file.path, () => toPackageFile(file))) single.push(file);
  for (const { path, ...digest } of digests) place(path, () => ({ ...digest, content: null }));
  return { packages: [...filesOf].map(([path, inside]) => ({ path, files: inside })), single };
}

/** 800 characters are 2,400 bytes at most, and a B-tree entry may not pass 2,704. */
const longestPath = 800;

/** A refused path may hold what a text column can't. */
function storable(problem: Problem): Problem {
  return { ...problem, path: problem.path.slice(0, longestPath).replace(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd') };
}

function byPlace(a: Problem, b: Problem): number {
  return a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1;
}
