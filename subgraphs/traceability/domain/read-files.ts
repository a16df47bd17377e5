/** The files of a scan, read: artefacts with the hash of their file, and everything that is wrong. */
import type { Artefact, SpecificationArtefact } from './artefact-types.js';
import { checkArtefactSet } from './artefact-set.js';
import { parseArtefactFile } from './artefacts.js';
import {
  findPackageFolders,
  packageOf,
  readEvidencePackage,
  toPackageFile,
  type PackageFile,
  type PackageFolder,
} from './evidence-packages.js';
import { contentHashOf, type ArtefactFile, type FileDigest } from './file-text.js';
import { freshnessOf, toSpecificationText, type Freshness, type SourceState } from './freshness.js';
import type { Problem } from './problems.js';

/** One artefact of a scan with what its file and the sources around it add. */
export interface FoundArtifact {
  readonly artefact: Artefact;
  readonly contentHash: string;
  readonly isDuplicate: boolean;
  /** Of evidence; null for every other kind. */
  readonly freshness: Freshness | null;
  /** Of a specification: source and test files that it names and that are not there. Null: nobody told, or another kind. */
  readonly missingFiles: readonly string[] | null;
}

export interface ReadFiles {
  readonly found: readonly FoundArtifact[];
  /** In order of path and line. Their paths can be stored. */
  readonly problems: readonly Problem[];
}

/** 32 KB of broken front matter take 0.3 s, and a scan may have hundreds: requests have their turn in between (ms). */
const longestTurn = 20;

export interface FilesToRead {
  readonly files: readonly ArtefactFile[];
  readonly digests?: readonly FileDigest[];
  /** Null where nobody tells of them: then no evidence is known to be stale. */
  readonly sources?: SourceState | null;
  /** Waited for now and then, so that a process that does other things gets round to them. */
  readonly nextTurn?: () => Promise<unknown>;
}

export async function readFiles({
  files,
  digests = [],
  sources = null,
  nextTurn = () => Promise.resolve(),
}: FilesToRead): Promise<ReadFiles> {
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
  const specifications = new Map(
    set.artefacts.flatMap((each): [string, SpecificationArtefact][] =>
      each.kind === 'SPECIFICATION' ? [[each.gxpId, each]] : [],
    ),
  );
  const found = set.artefacts.flatMap((artefact): FoundArtifact[] => {
    const contentHash = hashByPath.get(artefact.path);
    if (contentHash === undefined) return [];
    return [
      {
        artefact,
        contentHash,
        isDuplicate: set.duplicateIds.has(artefact.gxpId),
        freshness: freshnessOfArtefact(artefact, specifications, sources),
        missingFiles: missingFilesOf(artefact, sources),
      },
    ];
  });
  return { found, problems: problems.map(storable).sort(byPlace) };
}

/** `specifications` by gxpId. */
export function freshnessOfArtefact(
  artefact: Artefact,
  specifications: ReadonlyMap<string, SpecificationArtefact>,
  sources: SourceState | null,
): Freshness | null {
  if (artefact.kind !== 'SIGNED_EVIDENCE') return null;
  const specification = specifications.get(artefact.parentId ?? '');
  if (specification === undefined) return freshnessOf(artefact.subject, null, [], sources);
  return freshnessOf(artefact.subject, toSpecificationText(specification), namedFiles(specification), sources);
}

function missingFilesOf(artefact: Artefact, sources: SourceState | null): readonly string[] | null {
  if (artefact.kind !== 'SPECIFICATION' || sources === null) return null;
  return namedFiles(artefact).filter((path) => !sources.files.has(path));
}

/** The source and test files that a specification names, each once. */
export function namedFiles({ sourceFiles, testFiles }: SpecificationArtefact): readonly string[] {
  return [...new Set([...sourceFiles, ...testFiles])].sort();
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
