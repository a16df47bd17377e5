/** Owns the pure rules of scanning and credit: the life of a job, what is kept of a page, and its score. */
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
export type { Assessment, Certificate, Evidence } from './rules/index.js';
