/** Owns the audit of a folder: what it reads (sources, contracts, what has changed), and its record in the graph. */
export { readAuditSubject, type AuditFolderOptions } from './read-subject.js';
export { recordAudit, type RecordedAudit, type RecordedCheck } from './record-audit.js';
export { toSarif } from './sarif.js';
