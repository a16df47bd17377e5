/** Owns the bytes of documents: how an upload comes in, what it is taken for, and where it is kept. */
export { DocumentStore, isStorePath, type StoredFile } from './document-store.js';
export { createUploadHandler, type UploadAnswer } from './handler.js';
export type { UploadRequest } from './upload-request.js';
export { releaseFile, sweepFiles } from './release-files.js';
