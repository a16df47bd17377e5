/** Owns the life of documents and their jobs: every change of the queue is one of these, for callers and for the worker. */
export { claimJobs, heartbeat, type Claim, type ClaimInput } from './claim-jobs.js';
export { completeJob, storeEmbeddings, type Completion } from './complete-job.js';
export { failJob, type Failure } from './fail-job.js';
export type { Lease } from './report.js';
export { registerDocument, type DocumentInput, type Registration } from './register-document.js';
export { removeDocument } from './remove-document.js';
export { retryJobs } from './retry-jobs.js';
