/** The life of a work item, as data; the database checks the same table. */

export type ItemStatus = 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

/** FAILED can be redriven; COMPLETED is final. */
export const itemTransitions: Readonly<Record<ItemStatus, readonly ItemStatus[]>> = {
  QUEUED: ['PROCESSING', 'FAILED'],
  PROCESSING: ['QUEUED', 'COMPLETED', 'FAILED'],
  COMPLETED: [],
  FAILED: ['QUEUED'],
};

/** Nothing more happens to it by itself. */
export function isSettled(status: ItemStatus): boolean {
  return status === 'COMPLETED' || status === 'FAILED';
}

/** Past tense, as audit trail and events name what happened. */
export const itemActions = {
  created: 'workItemCreated',
  claimed: 'workItemClaimed',
  completed: 'workItemCompleted',
  waiting: 'workItemApprovalRequested',
  retried: 'workItemRetried',
  failed: 'workItemFailed',
  approved: 'workItemApproved',
  rejected: 'workItemRejected',
  escalated: 'workItemEscalated',
  cancelled: 'workItemCancelled',
  redriven: 'workItemRedriven',
} as const;

/** NOT_REQUIRED for an item that completes without a signature. */
export type ApprovalStatus = 'NOT_REQUIRED' | 'PENDING' | 'APPROVED' | 'REJECTED';
