/** The files of a scan, read: artefacts with the hash of their file, and everything that is wrong. */
import {
  checkArtefactSet,
  contentHashOf,
  parseArtefactFile,
  type Artefact,
  type ArtefactFile,
  type Problem,
} from '../../domain/index.js';
import type { FoundArtifact } from './artifact-rows.js';

export interface ReadFiles {
  readonly found: readonly FoundArtifact[];
  /** In order of path and line. Their paths can be stored. */
  readonly problems: readonly Problem[];
}

export function readFiles(files: readonly ArtefactFile[]): ReadFiles {
  const artefacts: Artefact[] = [];
  const problems: Problem[] = [];
  const fileByPath = new Map(files.map((file) => [file.path, file]));
  for (const file of files) {
    const parsed = parseArtefactFile(file);
    problems.push(...parsed.problems);
    if (parsed.artefact !== null) artefacts.push(parsed.artefact);
  }
  const set = checkArtefactSet(artefacts);
  problems.push(...set.problems);
  const found = set.artefacts.flatMap((artefact): FoundArtifact[] => {
    const file = fileByPath.get(artefact.path);
    if (file === undefined) return [];
    const isDuplicate = set.duplicateIds.has(artefact.gxpId);
    return [{ artefact, contentHash: contentHashOf(file), isDuplicate }];
  });
  return { found, problems: problems.map(storable).sort(byPlace) };
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
