/** Owns the SQL of this domain's changes: orders, items and their claims, runs, approvals and dead letters. */
export {
  findApprovalRequest,
  findPolicy,
  findRequestItem,
  insertApprovalEvent,
  insertApprovalRequests,
  insertPolicy,
  listDueApprovals,
  mayDecide,
  updateApprovalRequest,
  withdrawApprovals,
  type LockedRequest,
  type NewPolicy,
  type Policy,
  type Signature,
} from './approvals.js';
export { findToolCall, hasToolCall, insertStepEvaluation, insertToolCall, updateToolCall } from './attempts.js';
export { insertDeadLetter, listRedrivableItems, resolveDeadLetters, updateRedriven } from './dead-letters.js';
export {
  cancelSteps,
  countElements,
  findElement,
  insertElements,
  insertStepItems,
  listRunSteps,
  settleInnerSteps,
  updateElements,
  updateOpenItems,
  updateRunSteps,
  type NewStepItem,
  type RunStepRow,
  type StepChange,
} from './run-steps.js';
export {
  findRunInput,
  findSchemaById,
  findSchemaVersion,
  findTemplateSpec,
  insertRun,
  listQueuedWorkItems,
  listRunsToCheck,
  lockRuns,
  lockTemplate,
  requestRunCheck,
  updateRunBudget,
  updateRunChecked,
  updateRunStatus,
  type LockedRun,
  type SchemaVersion,
} from './runs.js';
export { claimWorkItems, type ClaimedItem } from './work-item-claims.js';
export {
  listOverdueWorkItems,
  listWorkItemFacts,
  lockWorkItems,
  updateLease,
  updateWorkItem,
  type ApprovalTerms,
  type AttemptEnd,
  type WorkItemFacts,
} from './work-items.js';
export {
  cancelWorkItems,
  findWorkOrder,
  insertOrderItems,
  insertWorkOrder,
  listOpenRuns,
  lockOpenWorkItems,
  type CancelScope,
  type NewOrderItem,
} from './work-orders.js';
