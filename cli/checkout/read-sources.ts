import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  annotationMarks,
  checkRelativePath,
  findAnnotations,
  fingerprintOf,
  namedFiles,
  parseArtifactFile,
  readFiles,
  type AnnotationLine,
  type SignedEvidenceArtifact,
  type SpecificationArtifact,
} from '../../subgraphs/traceability/domain/index.js';
import type { Candidates } from './list-candidates.js';
import type { CheckoutEntry } from './read-entries.js';
import { hashTrees, readInto } from './state-hash.js';
import { listChangedPaths, listRenamedFiles, readFileAt } from './git-history.js';

/** What the graph is told of the sources around the artifacts; their text stays here. */
export interface CheckoutSources {
  readonly systemStateHashes: readonly string[];
  readonly files: readonly SourceOfCheckout[];
  readonly changes: readonly { readonly since: string; readonly paths: readonly string[] }[];
}

export interface SourceOfCheckout {
  readonly path: string;
  readonly sha256: string;
  readonly annotations?: readonly AnnotationLine[];
}

export interface SourcesRequest {
  readonly root: string;
  readonly candidates: Pick<Candidates, 'sources' | 'code'>;
  /** False where git can't be asked what has changed. */
  readonly hasGit: boolean;
  /** What the checkout's candidates gave. */
  readonly entries: readonly CheckoutEntry[];
}

/** Each takes a few runs of git. */
const maxCommits = 500;

/** Looks at the files that specifications and evidence name, and at the commits and trees that evidence speaks of. */
export async function readSources({ root, candidates, hasGit, entries }: SourcesRequest): Promise<CheckoutSources> {
  const { found } = await readFiles({
    files: entries.flatMap(({ file }) => file ?? []),
    digests: entries.flatMap(({ digest }) => digest ?? []),
  });
  const artifacts = found.map(({ artifact }) => artifact);
  const specifications = artifacts.filter((each): each is SpecificationArtifact => each.kind === 'SPECIFICATION');
  const evidence = artifacts.filter((each): each is SignedEvidenceArtifact => each.kind === 'SIGNED_EVIDENCE');
  const files = new Map<string, SourceOfCheckout>();
  for (const path of candidates.code) {
    const annotated = await readAnnotated(root, path);
    if (annotated !== null) files.set(path, annotated);
  }
  const named = new Set([
    ...specifications.flatMap(namedFiles),
    ...evidence.flatMap(({ subject }) => subject.files.map(({ path }) => path)),
  ]);
  for (const path of named) {
    const sha256 = files.has(path) ? null : await hashFile(root, path);
    if (sha256 !== null) files.set(path, { path, sha256 });
  }
  const commits = [...new Set(evidence.flatMap(({ subject }) => subject.gitCommit ?? []))].slice(0, maxCommits);
  const changes = [];
  for (const since of hasGit ? commits : []) {
    const paths = await changesSince(root, since, { files: new Set([...named, ...files.keys()]), specifications });
    if (paths !== null) changes.push({ since, paths });
  }
  const isHashed = evidence.some(({ subject }) => subject.systemStateHash !== null);
  return {
    systemStateHashes: isHashed ? await hashTrees(root, candidates.sources) : [],
    files: [...files.values()].sort(byPath),
    changes,
  };
}

interface Watched {
  readonly files: ReadonlySet<string>;
  readonly specifications: readonly SpecificationArtifact[];
}

/** Null when the checkout doesn't have the commit. A specification counts as changed only when its text has. */
async function changesSince(
  root: string,
  commit: string,
  { files, specifications }: Watched,
): Promise<string[] | null> {
  const changed = await listChangedPaths(root, commit);
  if (changed === null) return null;
  const moved = specifications.filter(({ path }) => changed.has(path));
  const renamed = moved.length === 0 ? new Map<string, string>() : await listRenamedFiles(root, commit);
  const texts = [];
  for (const specification of moved) {
    const before = renamed.get(specification.path) ?? specification.path;
    const content = await readFileAt(root, commit, before);
    if (content === null || textOf(before, content) !== fingerprintOf(specification)) texts.push(specification.path);
  }
  return [...[...files].filter((path) => changed.has(path)), ...texts];
}

function textOf(path: string, content: string): string | null {
  const { artifact } = parseArtifactFile({ path, content });
  return artifact?.kind === 'SPECIFICATION' ? fingerprintOf(artifact) : null;
}

function byPath(a: SourceOfCheckout, b: SourceOfCheckout): number {
  return a.path < b.path ? -1 : 1;
}

/** Longer sources are generated, and bear no annotations of anybody's. */
const maxAnnotatedBytes = 1_048_576;

/** Null for a file without annotations. Its text goes no further. */
async function readAnnotated(root: string, path: string): Promise<SourceOfCheckout | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const isFile = await readInto(root, path, (chunk) => {
    size += chunk.byteLength;
    if (size <= maxAnnotatedBytes) chunks.push(chunk);
  });
  if (!isFile || size > maxAnnotatedBytes) return null;
  const content = Buffer.concat(chunks);
  if (!annotationMarks.some((mark) => content.includes(mark))) return null;
  const annotations = findAnnotations(path, content.toString('utf8'));
  if (annotations.length === 0) return null;
  return { path, sha256: createHash('sha256').update(content).digest('hex'), annotations };
}

/** Null when there is no such file. Links are not followed. */
async function hashFile(root: string, path: string): Promise<string | null> {
  if (checkRelativePath(path) !== null) return null;
  const real = await realpath(join(root, path)).catch(() => null);
  if (real?.startsWith(root + sep) !== true) return null;
  const hash = createHash('sha256');
  return (await readInto(root, path, (chunk) => hash.update(chunk))) ? hash.digest('hex') : null;
}
