/** Owns what can be done with accounts, credit and scans: the same for a request, a worker and a test. */
export { bookManually, type CreditInput } from './book-credit.js';
export { claimJobs, heartbeat } from './claim-jobs.js';
export { completeJob, failJob, handOnToAnalysis, timeOutJobs } from './finish-job.js';
export { recordAccess } from './record-access.js';
export { registerAccount } from './register-account.js';
export { requestScan, type RequestDependencies } from './request-scan.js';
