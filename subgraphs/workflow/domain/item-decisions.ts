/** The state machine of work items: what a command makes of an item. The engine writes what is decided here. */
import { assertNever } from '../../kernel/errors/index.js';
import type { AttemptStatus } from './attempt-states.js';
import type { ApprovalStatus, ItemStatus } from './item-states.js';

/** What decides about an item. */
export interface ItemFacts {
  readonly status: ItemStatus;
  readonly approvalStatus: ApprovalStatus;
  /** Handed in, and nobody has signed yet. */
  readonly isWaiting: boolean;
  readonly retryCount: number;
  readonly maxRetries: number;
  /** A dead letter of it has not led to success yet. */
  readonly hasDeadLetter: boolean;
}

/** Why an item was given up, as its dead letter tells. */
export type DeadLetterReason = 'retriesExhausted' | 'budgetExhausted' | 'notRetryable' | 'contentInvalid';

export type ItemCommand =
  | { readonly kind: 'CLAIM' }
  | { readonly kind: 'COMPLETE' }
  /** `giveUp`: a reason not to try again although retries are left. */
  | { readonly kind: 'FAIL' | 'TIME_OUT'; readonly giveUp: DeadLetterReason | null }
  /** What was QUEUED can't be tried any more. */
  | { readonly kind: 'ABANDON'; readonly giveUp: DeadLetterReason }
  | { readonly kind: 'APPROVE' | 'REJECT' | 'CANCEL' | 'REDRIVE' };

export interface ItemDecision {
  readonly status: ItemStatus;
  readonly approvalStatus: ApprovalStatus;
  readonly isWaiting: boolean;
  readonly retryCount: number;
  /** How the attempt under way ends; null when there is none, or it goes on. */
  readonly attempt: Exclude<AttemptStatus, 'STARTED'> | null;
  readonly deadLetter: DeadLetterReason | null;
}

/** Null when the item's state does not allow the command. */
export function decideItem(item: ItemFacts, command: ItemCommand): ItemDecision | null {
  const { approvalStatus, retryCount } = item;
  const same = { approvalStatus, isWaiting: false, retryCount, attempt: null, deadLetter: null };
  const isWorkedOn = item.status === 'PROCESSING' && !item.isWaiting;
  switch (command.kind) {
    case 'CLAIM':
      return item.status === 'QUEUED' ? { ...same, status: 'PROCESSING' } : null;
    case 'COMPLETE':
      if (!isWorkedOn) return null;
      return approvalStatus === 'PENDING'
        ? { ...same, status: 'PROCESSING', isWaiting: true, attempt: 'COMPLETED' }
        : { ...same, status: 'COMPLETED', attempt: 'COMPLETED' };
    case 'FAIL':
    case 'TIME_OUT': {
      if (!isWorkedOn) return null;
      const attempt = command.kind === 'FAIL' ? 'FAILED' : 'TIMEOUT';
      const deadLetter = command.giveUp ?? (retryCount < item.maxRetries ? null : 'retriesExhausted');
      return deadLetter === null
        ? { ...same, status: 'QUEUED', retryCount: retryCount + 1, attempt }
        : { ...same, status: 'FAILED', attempt, deadLetter };
    }
    case 'ABANDON':
      return item.status === 'QUEUED' ? { ...same, status: 'FAILED', deadLetter: command.giveUp } : null;
    case 'APPROVE':
      return item.isWaiting ? { ...same, status: 'COMPLETED', approvalStatus: 'APPROVED' } : null;
    case 'REJECT':
      return item.isWaiting ? { ...same, status: 'FAILED', approvalStatus: 'REJECTED' } : null;
    case 'CANCEL':
      if (item.status !== 'QUEUED' && item.status !== 'PROCESSING') return null;
      return { ...same, status: 'FAILED', attempt: isWorkedOn ? 'FAILED' : null };
    case 'REDRIVE':
      return item.status === 'FAILED' && item.hasDeadLetter ? { ...same, status: 'QUEUED', retryCount: 0 } : null;
    default:
      return assertNever(command);
  }
}
