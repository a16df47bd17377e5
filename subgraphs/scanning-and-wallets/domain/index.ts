/** Owns the pure rules of scanning and credit: which URLs may be visited, the life of a job, what is kept of a page, and its score. */
export { areAllPublic } from './addresses.js';
export { accessFaults, assertAnalysis, metadataFaults, type Analysis } from './analysis.js';
export { assertContentHash, contentKindOf, toMediaType, type ContentKind } from './content.js';
export { assertAdjustment, assertGrant, assertText, maxBalance, type CreditTransactionType } from './credit.js';
export { sanitizeHeaders } from './headers.js';
export {
  isFinal,
  jobActions,
  jobTransitions,
  type ClaimStage,
  type JobState,
  type RefundedState,
} from './job-states.js';
export { checkScanUrl, type ScanUrl } from './scan-url.js';
export type { Assessment, Certificate, Evidence } from './rules/index.js';
export { parseUrl } from './parse-url.js';
