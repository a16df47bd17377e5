/** What a caller tells of the sources around the artefacts, checked as a whole. */
import type { SourceState } from '../../domain/index.js';

/** Notes what is wrong with a field of the input. */
export type Fail = (field: readonly string[], message: string) => void;

export interface ScanSourcesInput {
  readonly systemStateHashes?: readonly string[] | null | undefined;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly changes?: readonly { readonly since: string; readonly paths: readonly string[] }[] | null | undefined;
}

const maxSourceFiles = 100_000;
const maxStateHashes = 400;
const maxCommits = 5_000;
/** Of all commits together. */
const maxChangedPaths = 1_000_000;

export function checkSources({ systemStateHashes, files, changes }: ScanSourcesInput, fail: Fail): SourceState | null {
  const hashes = systemStateHashes ?? [];
  const commits = changes ?? [];
  const limits = [
    { name: 'systemStateHashes', count: hashes.length, limit: maxStateHashes },
    { name: 'files', count: files.length, limit: maxSourceFiles },
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
    ...[commits.findIndex(({ since }) => !isCommitName(since))].map((index) => ['changes', index, 'since'] as const),
  ].find(([, index]) => index >= 0);
  if (faulty !== undefined) {
    const isCommit = faulty[0] === 'changes';
    const expected = isCommit ? 'a commit: 7 to 64 hex digits' : 'a SHA-256 hash: 64 hex digits';
    fail(['sources', ...faulty.map(String)], `Expected ${expected}.`);
    return null;
  }
  return {
    systemStateHashes: new Set(hashes.map((hash) => hash.toLowerCase())),
    files: new Map(files.map(({ path, sha256 }) => [path, sha256.toLowerCase()])),
    changesSince: new Map(commits.map(({ since, paths }) => [since.toLowerCase(), new Set(paths)])),
  };
}

function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

/** As evidence names it: in full, or shortened. */
function isCommitName(text: string): boolean {
  return /^[0-9a-f]{7,64}$/i.test(text);
}
