/** The files of a scan, read: artifacts with the hash of their file, and everything that is wrong. */
import { toCodeFile, unknownReference, type CodeFile, type CodeReference } from './annotations.js';
import type { Artifact, SpecificationArtifact } from './artifact-types.js';
import { checkArtifactSet } from './artifact-set.js';
import { parseArtifactFile } from './artifacts.js';
import {
  findPackageFolders,
  packageOf,
  readEvidencePackage,
  toPackageFile,
  type PackageFile,
  type PackageFolder,
} from './evidence-packages.js';
import { edgesOf } from './link-rules.js';
import { isDecisionPath, parseDecision, type Decision } from './decisions.js';
import { checkRelativePath, contentHashOf, type ArtifactFile, type FileDigest } from './file-text.js';
import { freshnessOf, toSpecificationText, type Freshness, type SourceState } from './freshness.js';
import { createProblemSink, type Problem } from './problems.js';
import { isRiskLogPath, parseRiskLog, type Risk } from './risk-log.js';

/** One artifact of a scan with what its file and the sources around it add. */
export interface FoundArtifact {
  readonly artifact: Artifact;
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
  readonly surroundings: Surroundings;
}

/** What stands around the artifacts, each list in order of id or path. */
export interface Surroundings {
  readonly decisions: readonly Decision[];
  readonly risks: readonly Risk[];
  /** Empty where nobody told of sources. */
  readonly codeFiles: readonly CodeFile[];
}

/** 32 KB of broken front matter take 0.3 s, and a scan may have hundreds: requests have their turn in between (ms). */
const longestTurn = 20;

export interface FilesToRead {
  readonly files: readonly ArtifactFile[];
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
  const artifacts: Artifact[] = [];
  const problems: Problem[] = [];
  const { packages, single } = splitPackages(files, digests);
  const decisions: Decision[] = [];
  const risks: Risk[] = [];
  const hashByPath = new Map<string, string>();
  let turnBegan = performance.now();
  for (const each of [...packages, ...single]) {
    if (performance.now() - turnBegan > longestTurn) {
      await nextTurn();
      turnBegan = performance.now();
    }
    if (!('files' in each) && readSurrounding(each, { decisions, risks, problems })) continue;
    const parsed = 'files' in each ? readEvidencePackage(each) : parseArtifactFile(each);
    problems.push(...parsed.problems);
    if (parsed.artifact === null) continue;
    artifacts.push(parsed.artifact);
    hashByPath.set(
      parsed.artifact.path,
      'contentHash' in parsed ? parsed.contentHash : contentHashOf(each as ArtifactFile),
    );
  }
  const set = checkArtifactSet(artifacts);
  problems.push(...set.problems);
  const specifications = new Map(
    set.artifacts.flatMap((each): [string, SpecificationArtifact][] =>
      each.kind === 'SPECIFICATION' ? [[each.gxpId, each]] : [],
    ),
  );
  const codeFiles = sources === null ? [] : codeFilesOf(specifications, sources);
  problems.push(...checkReferences(codeFiles, set.artifacts));
  const filesOf = filesBySpecification(specifications, codeFiles);
  const found = set.artifacts.flatMap((artifact): FoundArtifact[] => {
    const contentHash = hashByPath.get(artifact.path);
    if (contentHash === undefined) return [];
    return [
      {
        artifact,
        contentHash,
        isDuplicate: set.duplicateIds.has(artifact.gxpId),
        freshness: freshnessOfArtifact(artifact, specifications, sources, filesOf),
        missingFiles: missingFilesOf(artifact, sources),
      },
    ];
  });
  const surroundings = { decisions: firstOfEach(decisions), risks: firstOfEach(risks), codeFiles };
  return { found, problems: problems.map(storable).sort(byPlace), surroundings };
}

/** `specifications` by gxpId. */
export function freshnessOfArtifact(
  artifact: Artifact,
  specifications: ReadonlyMap<string, SpecificationArtifact>,
  sources: SourceState | null,
  filesOf: ReadonlyMap<string, readonly string[]> = new Map(),
): Freshness | null {
  if (artifact.kind !== 'SIGNED_EVIDENCE') return null;
  const named = edgesOf(artifact).map(({ parentId }) => specifications.get(parentId));
  const specification = specifications.get(artifact.parentId ?? '') ?? named.find((each) => each !== undefined);
  if (specification === undefined) return freshnessOf(artifact.subject, null, [], sources);
  const files = filesOf.get(specification.gxpId) ?? [];
  return freshnessOf(artifact.subject, toSpecificationText(specification), files, sources);
}

/** True when the file is a decision or the risk log. */
function readSurrounding(
  file: ArtifactFile,
  into: { readonly decisions: Decision[]; readonly risks: Risk[]; readonly problems: Problem[] },
): boolean {
  if (!isSurroundingPath(file.path)) return false;
  const sink = createProblemSink(file.path);
  if (isDecisionPath(file.path)) into.decisions.push(...[parseDecision(file, sink)].filter((each) => each !== null));
  else into.risks.push(...parseRiskLog(file, sink));
  into.problems.push(...sink.problems);
  return true;
}

/** A decision or the risk log, which have forms of their own. */
export function isSurroundingPath(path: string): boolean {
  return checkRelativePath(path) === null && (isDecisionPath(path) || isRiskLogPath(path));
}

function firstOfEach<Each extends { readonly gxpId: string; readonly path: string }>(all: readonly Each[]): Each[] {
  const byId = new Map<string, Each>();
  for (const each of [...all].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    if (!byId.has(each.gxpId)) byId.set(each.gxpId, each);
  }
  return [...byId.values()].sort((a, b) => (a.gxpId < b.gxpId ? -1 : 1));
}

/** Files that a specification names, or that name an artifact. */
function codeFilesOf(specifications: ReadonlyMap<string, SpecificationArtifact>, sources: SourceState): CodeFile[] {
  const namings = new Map<string, CodeReference[]>();
  for (const { gxpId, sourceFiles, testFiles } of specifications.values()) {
    for (const [paths, kind] of [
      [sourceFiles, 'IMPLEMENTS'],
      [testFiles, 'VERIFIES'],
    ] as const) {
      for (const path of new Set(paths)) {
        const known = namings.get(path) ?? [];
        namings.set(path, known);
        known.push({ line: null, kind, targetId: gxpId, title: null });
      }
    }
  }
  return [...sources.files]
    .map(([path, sha256]): CodeFile => {
      const named = namings.get(path) ?? [];
      const isNamedAsTest = named.some(({ kind }) => kind === 'VERIFIES');
      const file = toCodeFile({ path, sha256, isNamedAsTest }, sources.annotations.get(path) ?? []);
      return { ...file, references: [...file.references, ...named] };
    })
    .filter(({ references }) => references.length > 0)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Each id that a file names in vain, where it does so first. */
function checkReferences(codeFiles: readonly CodeFile[], artifacts: readonly Artifact[]): Problem[] {
  const ids = new Set(artifacts.map(({ gxpId }) => gxpId));
  return codeFiles.flatMap(({ path, references }) => {
    const unknown = new Map<string, CodeReference>();
    for (const each of references) {
      if (!ids.has(each.targetId) && !unknown.has(each.targetId)) unknown.set(each.targetId, each);
    }
    return [...unknown.values()].map((reference): Problem => {
      const reason = unknownReference(reference);
      return { path, line: reference.line ?? 1, code: 'UNKNOWN_REFERENCE', severity: 'FLAGGED', reason };
    });
  });
}

/** By gxpId: the files that it names and those that say that they implement or verify it. */
function filesBySpecification(
  specifications: ReadonlyMap<string, SpecificationArtifact>,
  codeFiles: readonly CodeFile[],
): ReadonlyMap<string, readonly string[]> {
  const files = new Map([...specifications].map(([gxpId, each]) => [gxpId, new Set(namedFiles(each))]));
  for (const { path, references } of codeFiles) {
    for (const { kind, targetId } of references) if (kind !== 'DEPENDS_ON') files.get(targetId)?.add(path);
  }
  return new Map([...files].map(([gxpId, paths]) => [gxpId, [...paths].sort()]));
}

function missingFilesOf(artifact: Artifact, sources: SourceState | null): readonly string[] | null {
  if (artifact.kind !== 'SPECIFICATION' || sources === null) return null;
  return namedFiles(artifact).filter((path) => !sources.files.has(path));
}

/** The source and test files that a specification names, each once. */
export function namedFiles({ sourceFiles, testFiles }: SpecificationArtifact): readonly string[] {
  return [...new Set([...sourceFiles, ...testFiles])].sort();
}

/** Files of evidence packages speak together; every other file for itself. A hash outside a package says nothing. */
function splitPackages(
  files: readonly ArtifactFile[],
  digests: readonly FileDigest[],
): { packages: PackageFolder[]; single: ArtifactFile[] } {
  const folders = new Set(findPackageFolders([...files, ...digests].map(({ path }) => path)));
  const filesOf = new Map([...folders].map((folder) => [folder, new Map<string, PackageFile>()]));
  const single: ArtifactFile[] = [];
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
