/** Owns the bytes of documents: how an upload comes in, what it is taken for, where it is kept, and how it is handed out. */
export { createDownloadHandler } from './download.js';
export { createUploadHandler, type UploadAnswer } from './handler.js';
export type { UploadRequest } from './upload-request.js';
export { DocumentStore, isStorePath, type StoredFile } from './store/document-store.js';
export { openDocumentStore } from './store/open-store.js';
export { releaseFile, sweepFiles } from './store/release-files.js';
