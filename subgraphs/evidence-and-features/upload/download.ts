/** GET /documents/{id}: the bytes of a document as they were uploaded, whole or a range of them. */
import type { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import parseRange from 'range-parser';
import type { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { RequestError } from '../../kernel/errors/index.js';
import { uuidOfType } from '../../kernel/ids/index.js';
import { findDocumentFile } from '../repository/documents.js';
import type { DocumentStore } from './store/document-store.js';

export interface DownloadRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  authenticate(): Promise<Identity>;
}

export interface DownloadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Readable;
}

interface DownloadDoors {
  readonly database: Database;
  readonly store: DocumentStore;
}

/**
 * 200, or 206 for one range of bytes (of several the whole is sent), 304 where the caller has these bytes, 416 for a range
 * beyond the file. The file is an attachment of the type that it was taken for: no browser shows it as a page of ours.
 */
export function createDownloadHandler({ database, store }: DownloadDoors) {
  return async ({ method, params, headers, authenticate }: DownloadRequest): Promise<DownloadAnswer> => {
    const auth = await authenticate();
    auth.require();
    const document = await findDocumentFile(database, uuidOfType(params['id'] ?? '', 'Document'));
    if (document === null) throw new RequestError('NOT_FOUND', 'There is no document with this id.');
    const file = await store.open(database, document.filePath);
    if (file === null) {
      throw new RequestError(
        'NOT_FOUND',
        'The file of this document is not in the store: it was registered by its path.',
      );
    }
    const etag = `"${document.fileHash}"`;
    const common = {
      etag,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-security-policy': "sandbox; default-src 'none'",
    };
    if (headers['if-none-match']?.split(/\s*,\s*/).includes(etag) === true) return { status: 304, headers: common };
    const range = rangeOf(headers, etag, file.bytes);
    if (range === 'beyond') return { status: 416, headers: { ...common, 'content-range': `bytes */${file.bytes}` } };
    const described = {
      ...common,
      'content-type': document.mimeType ?? 'application/octet-stream',
      'content-disposition': contentDisposition(document.filename),
      'content-length': String(range === null ? file.bytes : range.end - range.start + 1),
      ...(range !== null && { 'content-range': `bytes ${range.start}-${range.end}/${file.bytes}` }),
    };
    const status = range === null ? 200 : 206;
    if (method === 'HEAD') return { status, headers: described };
    return { status, headers: described, body: await file.stream(range ?? undefined) };
  };
}

/** Null is the whole file. */
function rangeOf(
  { range, 'if-range': ifRange }: Readonly<Record<string, string | undefined>>,
  etag: string,
  bytes: number,
): { readonly start: number; readonly end: number } | 'beyond' | null {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return null;
  const ranges = parseRange(bytes, range);
  if (ranges === -1) return 'beyond';
  const [only] = ranges === -2 || ranges.type !== 'bytes' || ranges.length > 1 ? [] : ranges;
  return only ?? null;
}
