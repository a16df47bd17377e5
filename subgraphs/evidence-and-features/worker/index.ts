/** Owns the built-in worker: it claims jobs, extracts, embeds and infers, and reports what came of it. */
export { DocumentWorker, type DocumentWorkerOptions, type WorkerSettings } from './document-worker.js';
