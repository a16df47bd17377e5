/** What may be registered as a document. */
import { userError } from '../../kernel/errors/index.js';
import { assertRange, assertText, mostRetries } from './job-limits.js';
import { textTypes, type FileType, type JobHandler } from './job-states.js';

export interface NewDocument {
  readonly filename: string;
  readonly fileType: FileType;
  /** Where it is: in the store, or in one of the caller's own, where only outside workers find it. */
  readonly filePath: string;
  /** SHA-256 of its bytes, 64 lower-case hex digits. */
  readonly fileHash: string;
  readonly sizeBytes: number | null;
  readonly mimeType: string | null;
  /** `owner/name`, lower case. */
  readonly repository: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly maxRetries: number;
}

const longest = { filename: 255, filePath: 2_000, mimeType: 255, metadata: 10_000 };
const repositoryPattern = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9._-]+)+$/;

/** Throws VALIDATION at the first value that can't be. */
export function assertDocument(document: NewDocument): void {
  assertText('filename', document.filename, longest.filename);
  assertText('filePath', document.filePath, longest.filePath);
  if (!/^[0-9a-f]{64}$/.test(document.fileHash)) {
    throw userError('VALIDATION', 'fileHash', 'fileHash must be a SHA-256: 64 lower-case hex digits.');
  }
  if (document.mimeType !== null) assertText('mimeType', document.mimeType, longest.mimeType);
  if (
    document.repository !== null &&
    !(repositoryPattern.test(document.repository) && document.repository.length <= 500)
  ) {
    throw userError('VALIDATION', 'repository', 'repository must be owner/name.');
  }
  if (document.sizeBytes !== null && !(document.sizeBytes >= 0 && document.sizeBytes <= Number.MAX_SAFE_INTEGER)) {
    throw userError('VALIDATION', 'sizeBytes', `sizeBytes must be 0 to ${Number.MAX_SAFE_INTEGER}.`);
  }
  const metadata = JSON.stringify(document.metadata);
  if (metadata.length > longest.metadata || metadata.includes('\\u0000')) {
    const reason = `metadata may have ${longest.metadata} characters as JSON, and no NUL.`;
    throw userError('VALIDATION', 'metadata', reason);
  }
  assertRange('maxRetries', document.maxRetries, { min: 0, max: mostRetries });
}

/** The built-in worker reads text that is in the store; everything else waits for a worker that knows it. */
export function handlerOf(document: Pick<NewDocument, 'fileType'>, isStored: boolean): JobHandler {
  return isStored && textTypes.includes(document.fileType) ? 'built_in' : 'outside';
}
