/** The files of a scan, read: artefacts with the hash of their file, and everything that is wrong. */
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** 32 KB of broken front matter take 0.3 s, and a scan may have hundreds: requests have their turn in between (ms). */
const longestTurn = 20;

export async function readFiles(files: readonly ArtefactFile[]): Promise<ReadFiles> {
  const artefacts: Artefact[] = [];
  const problems: Problem[] = [];
  const fileByPath = new Map(files.map((file) => [file.path, file]));
  let turnBegan = performance.now();
  for (const file of files) {
    if (performance.now() - turnBegan > longestTurn) {
      await nextTurn();
      turnBegan = performance.now();
    }
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
