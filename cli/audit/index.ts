/** Owns what an audit of a folder reads: its sources, its contracts, and what has changed in it. */
export { readAuditSubject, type AuditFolderOptions } from './read-subject.js';
