/** Owns the rules of an audit: the checks there are, what they find, and what comes of it. */
export { findContract } from './contract-files.js';
export {
  brokenOff,
  judge,
  prepare,
  verdictOf,
  withFingerprints,
  withoutAccepted,
  type PreparedAudit,
} from './judge.js';
export type { ReadSource } from './repository.js';
export { presentable } from './types.js';
export type { AuditFile, AuditSubject, CheckOutcome, CheckResult, Finding, KnownFinding, Severity } from './types.js';
