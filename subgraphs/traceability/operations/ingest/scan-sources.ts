/** What a caller tells of the sources around the artifacts, checked as a whole. */
import { checkRelativePath, type AnnotationLine, type SourceState } from '../../domain/index.js';

/** Notes what is wrong with a field of the input. */
export type Fail = (field: readonly string[], message: string) => void;

export interface ScanSourcesInput {
  readonly systemStateHashes?: readonly string[] | null | undefined;
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly annotations?: readonly AnnotationLine[] | null | undefined;
  }[];
  readonly changes?: readonly { readonly since: string; readonly paths: readonly string[] }[] | null | undefined;
}

const maxSourceFiles = 100_000;
const maxStateHashes = 400;
const maxCommits = 5_000;
const maxAnnotations = 200_000;
const longestAnnotation = 1_000;
/** Of all commits together. */
const maxChangedPaths = 1_000_000;

export function checkSources({ systemStateHashes, files, changes }: ScanSourcesInput, fail: Fail): SourceState | null {
  const hashes = systemStateHashes ?? [];
  const commits = changes ?? [];
  const limits = [
    { name: 'systemStateHashes', count: hashes.length, limit: maxStateHashes },
    { name: 'files', count: files.length, limit: maxSourceFiles },
    {
      name: 'files',
      count: files.reduce((sum, { annotations }) => sum + (annotations?.length ?? 0), 0),
      limit: maxAnnotations,
    },
    { name: 'changes', count: commits.length, limit: maxCommits },
    { name: 'changes', count: commits.reduce((sum, { paths }) => sum + paths.length, 0), limit: maxChangedPaths },
  ];
  const over = limits.find(({ count, limit }) => count > limit);
  if (over !== undefined) {
    fail(['sources', over.name], `There are ${over.count}: at most ${over.limit} go into one scan.`);
    return null;
  }
  const faulty = [
    ...[hashes.findIndex((hash) => !isSha256(hash))].map((index) => ['systemStateHashes', index] as const),
    ...[files.findIndex(({ sha256 }) => !isSha256(sha256))].map((index) => ['files', index, 'sha256'] as const),
    ...[files.findIndex(({ path }) => checkRelativePath(path) !== null)].map(
      (index) => ['files', index, 'path'] as const,
    ),
    ...[files.findIndex(({ annotations }) => !(annotations ?? []).every(isAnnotation))].map(
      (index) => ['files', index, 'annotations'] as const,
    ),
    ...[commits.findIndex(({ since }) => !isCommitName(since))].map((index) => ['changes', index, 'since'] as const),
  ].find(([, index]) => index >= 0);
  if (faulty !== undefined) {
    fail(['sources', ...faulty.map(String)], `Expected ${expectations[faulty[2] ?? 'sha256']}.`);
    return null;
  }
  return {
    systemStateHashes: new Set(hashes.map((hash) => hash.toLowerCase())),
    files: new Map(files.map(({ path, sha256 }) => [path, sha256.toLowerCase()])),
    annotations: new Map(files.flatMap(({ path, annotations }) => (annotations == null ? [] : [[path, annotations]]))),
    changesSince: new Map(commits.map(({ since, paths }) => [since.toLowerCase(), new Set(paths)])),
  };
}

const expectations = {
  sha256: 'a SHA-256 hash: 64 hex digits',
  since: 'a commit: 7 to 64 hex digits',
  path: 'a path inside the repository',
  annotations: `lines from 1, with texts of at most ${longestAnnotation} characters`,
} as const;

function isAnnotation({ line, text }: AnnotationLine): boolean {
  return line >= 1 && text.length <= longestAnnotation && !/[\0\p{Surrogate}]/u.test(text);
}

function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

/** As evidence names it: in full, or shortened. */
function isCommitName(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}
