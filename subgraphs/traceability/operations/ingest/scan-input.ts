/** What a caller sends to be scanned, checked as a whole before any file is read. */
import { UserErrors, type UserError } from '../../../kernel/errors/index.js';
import type { ArtifactFile, FileDigest, SourceState } from '../../domain/index.js';
import { checkSources, type Fail, type ScanSourcesInput } from './scan-sources.js';
import { isCommitSha } from '../../repository/commit.js';
import { checkFullName, checkGitUrl, checkShortText, type RepositoryName } from '../../repository/repository-fields.js';

export const maxFiles = 50_000;
export const maxTotalBytes = 64 * 1_048_576;

export interface ScanFileInput {
  readonly path: string;
  readonly content?: string | null | undefined;
  readonly contentBase64?: string | null | undefined;
  /** With `sizeBytes`, in place of the content. */
  readonly sha256?: string | null | undefined;
  readonly sizeBytes?: number | bigint | string | null | undefined;
}

export interface ScanInput {
  /** `owner/name`. */
  readonly repository: string;
  /** Registers the repository when it is not registered yet. */
  readonly gitUrl?: string | null | undefined;
  readonly defaultBranch?: string | null | undefined;
  readonly commitSha: string;
  readonly branch?: string | null | undefined;
  readonly files: readonly ScanFileInput[];
  readonly sources?: ScanSourcesInput | null | undefined;
  readonly clientKey?: string | null | undefined;
}

export interface CheckedScan {
  readonly repository: RepositoryName;
  readonly gitUrl: string | null;
  readonly defaultBranch: string;
  readonly commitSha: string;
  readonly branch: string | null;
  readonly files: readonly ArtifactFile[];
  /** Files that are known by their hashes alone. */
  readonly digests: readonly FileDigest[];
  /** Null where the caller does not tell of sources. */
  readonly sources: SourceState | null;
}

/** Throws `UserErrors` that name every fault of the input, files after the twentieth at fault left out. */
export function checkScanInput(input: ScanInput): CheckedScan {
  const errors: UserError[] = [];
  const fail = (field: readonly string[], message: string): void =>
    void errors.push({ code: 'VALIDATION', field, message });
  const repository = checkFullName(input.repository);
  if (repository === null)
    fail(
      ['repository'],
      'Expected owner/name: letters, digits, dots, dashes and underscores; the owner may have groups, and %20 stands for a space.',
    );
  const commitSha = input.commitSha.toLowerCase();
  if (!isCommitSha(commitSha)) fail(['commitSha'], 'Expected the hash of a commit: 40 or 64 hex digits.');
  for (const field of ['branch', 'defaultBranch'] as const) {
    const fault = input[field] == null ? null : checkShortText(input[field]);
    if (fault !== null) fail([field], fault);
  }
  if (input.gitUrl != null && !checkGitUrl(input.gitUrl)) fail(['gitUrl'], 'Expected a URL from which Git can clone.');
  const { files, digests } = checkFiles(input.files, fail, errors);
  const sources = input.sources == null ? null : checkSources(input.sources, fail);
  if (repository === null || errors.length > 0) throw new UserErrors(errors);
  return {
    repository,
    commitSha,
    files,
    digests,
    sources,
    gitUrl: input.gitUrl ?? null,
    branch: input.branch ?? null,
    defaultBranch: input.defaultBranch ?? input.branch ?? 'main',
  };
}

function checkFiles(
  given: readonly ScanFileInput[],
  fail: Fail,
  errors: readonly UserError[],
): Pick<CheckedScan, 'files' | 'digests'> {
  if (given.length > maxFiles) {
    fail(['files'], `There are ${given.length} files: at most ${maxFiles} go into one scan.`);
    return { files: [], digests: [] };
  }
  const paths = new Set<string>();
  let bytes = 0;
  const files: ArtifactFile[] = [];
  const digests: FileDigest[] = [];
  for (const [index, file] of given.entries()) {
    if (errors.length >= 20) break;
    if (paths.has(file.path)) fail(['files', String(index), 'path'], 'Another file before it has the same path.');
    paths.add(file.path);
    const digest = digestOf(file);
    if (digest !== null) {
      digests.push(digest);
      continue;
    }
    const content = contentOf(file);
    if (content === null) {
      fail(
        ['files', String(index)],
        'Give one of content, contentBase64, which must be base64, or sha256 (64 hex digits) with sizeBytes.',
      );
      continue;
    }
    bytes += typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
    files.push({ path: file.path, content });
  }
  if (bytes > maxTotalBytes) fail(['files'], `The files have ${bytes} bytes together: at most ${maxTotalBytes}.`);
  return { files, digests };
}

/** Null when the file is not given by its hash, or not rightly. */
function digestOf({ path, content = null, contentBase64 = null, sha256 = null, sizeBytes = null }: ScanFileInput) {
  if (sha256 === null || sizeBytes === null || content !== null || contentBase64 !== null) return null;
  const size = Number(sizeBytes);
  if (!/^[0-9a-f]{64}$/i.test(sha256) || !Number.isSafeInteger(size) || size < 0) return null;
  return { path, sha256: sha256.toLowerCase(), sizeBytes: size };
}

/** One character class and no groups: a repeated group overflows the stack on megabytes. */
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function contentOf({ content = null, contentBase64 = null, sha256 = null }: ScanFileInput): string | Uint8Array | null {
  if (sha256 !== null) return null;
  if ((content === null) === (contentBase64 === null)) return null;
  if (contentBase64 === null) return content;
  return contentBase64.length % 4 === 0 && base64.test(contentBase64) ? Buffer.from(contentBase64, 'base64') : null;
}
