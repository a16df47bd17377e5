import { createHash } from 'node:crypto';
import {
  checkRelativePath,
  fingerprintOf,
  namedFiles,
  parseArtefactFile,
  readFiles,
  type SignedEvidenceArtefact,
  type SpecificationArtefact,
} from '../../subgraphs/traceability/domain/index.js';
import type { CheckoutEntry } from './read-entries.js';
import { hashTrees, readInto } from './state-hash.js';
import { listChangedPaths, listRenamedFiles, readFileAt } from './git-history.js';

/** What the graph is told of the sources around the artefacts; their text stays here. */
export interface CheckoutSources {
  readonly systemStateHashes: readonly string[];
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly changes: readonly { readonly since: string; readonly paths: readonly string[] }[];
}

export interface SourcesRequest {
  readonly root: string;
  /** Paths that lie below a folder named `src`. */
  readonly sourcePaths: readonly string[];
  /** False where git can't be asked what has changed. */
  readonly hasGit: boolean;
  /** What the checkout's candidates gave. */
  readonly entries: readonly CheckoutEntry[];
}

/** Each takes a few runs of git. */
const maxCommits = 500;

/** Looks at the files that specifications and evidence name, and at the commits and trees that evidence speaks of. */
export async function readSources({ root, sourcePaths, hasGit, entries }: SourcesRequest): Promise<CheckoutSources> {
  const { found } = await readFiles({
    files: entries.flatMap(({ file }) => file ?? []),
    digests: entries.flatMap(({ digest }) => digest ?? []),
  });
  const artefacts = found.map(({ artefact }) => artefact);
  const specifications = artefacts.filter((each): each is SpecificationArtefact => each.kind === 'SPECIFICATION');
  const evidence = artefacts.filter((each): each is SignedEvidenceArtefact => each.kind === 'SIGNED_EVIDENCE');
  const named = new Set([
    ...specifications.flatMap(namedFiles),
    ...evidence.flatMap(({ subject }) => subject.files.map(({ path }) => path)),
  ]);
  const files = [];
  for (const path of [...named].sort()) {
    const sha256 = await hashFile(root, path);
    if (sha256 !== null) files.push({ path, sha256 });
  }
  const commits = [...new Set(evidence.flatMap(({ subject }) => subject.gitCommit ?? []))].slice(0, maxCommits);
  const changes = [];
  for (const since of hasGit ? commits : []) {
    const paths = await changesSince(root, since, { named, specifications });
    if (paths !== null) changes.push({ since, paths });
  }
  const isHashed = evidence.some(({ subject }) => subject.systemStateHash !== null);
  return { systemStateHashes: isHashed ? await hashTrees(root, sourcePaths) : [], files, changes };
}

interface Watched {
  readonly named: ReadonlySet<string>;
  readonly specifications: readonly SpecificationArtefact[];
}

/** Null when the checkout doesn't have the commit. A specification counts as changed only when its text has. */
async function changesSince(
  root: string,
  commit: string,
  { named, specifications }: Watched,
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
  return [...[...named].filter((path) => changed.has(path)), ...texts];
}

function textOf(path: string, content: string): string | null {
  const { artefact } = parseArtefactFile({ path, content });
  return artefact?.kind === 'SPECIFICATION' ? fingerprintOf(artefact) : null;
}

/** Null when there is no such file. Links are not followed. */
async function hashFile(root: string, path: string): Promise<string | null> {
  if (checkRelativePath(path) !== null) return null;
  const hash = createHash('sha256');
  return (await readInto(root, path, (chunk) => hash.update(chunk))) ? hash.digest('hex') : null;
}
