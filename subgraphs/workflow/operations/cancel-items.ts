/** Cancels what is not final, of one run or of a whole order. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import { itemActions } from '../domain/item-states.js';
import { cancelSteps, cancelWorkItems, resolveDeadLetters, withdrawApprovals } from '../repository/index.js';

export interface Cancelled {
  /** Locked before, as their runs are. */
  readonly items: readonly string[];
  readonly runIds: readonly string[];
  readonly reason: string;
}

export async function cancelLockedItems(tx: WriteTransaction, { items, runIds, reason }: Cancelled): Promise<void> {
  await withdrawApprovals(tx, items);
  await cancelWorkItems(tx, items, reason);
  // What was redriven before is not to come back by the letter that it still had.
  await resolveDeadLetters(tx, items);
  for (const runId of runIds) await cancelSteps(tx, runId);
  tx.record(
    ...items.map((key) => ({
      type: 'WorkItem',
      key,
      action: itemActions.cancelled,
      details: { status: [null, 'FAILED'], reason },
      payload: { status: 'FAILED' },
    })),
  );
}
