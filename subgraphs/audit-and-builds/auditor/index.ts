/** Owns how an audit is carried out: its commit fetched, its checks in a thread, all with limits. */
export { runChecks } from './run-checks.js';
export { AuditWorker, type AuditWorkerOptions } from './worker.js';
