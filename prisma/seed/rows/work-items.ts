/** What follows from an item's story: its id and status, when it ended, what it cost. */
import { at, later } from '../calendar.js';
import type { AttemptStory, WorkItemStory, WorkOrderStory } from '../chapter.js';
import { idOf } from '../ids.js';

export function itemId(order: string, item: string): string {
  return idOf(`work item ${order} ${item}`);
}

export type ItemStatus = 'QUEUED' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

export function statusOf(item: WorkItemStory): ItemStatus {
  if (item.attempts.length === 0) return 'QUEUED';
  if (item.awaitsApproval === true) return 'PROCESSING';
  if (item.approvals?.at(-1)?.decision === 'REJECTED') return 'FAILED';
  return item.deadLetter !== undefined && item.deadLetter.redriven === undefined ? 'FAILED' : 'COMPLETED';
}

/** The last thing that happened to an item. */
export function endOf({ attempts, approvals, on }: WorkItemStory, order: WorkOrderStory): string {
  const moments = [
    ...attempts.map((attempt) => later(startOf(attempt), attempt.minutes)),
    ...(approvals ?? []).map((approval) => at(approval.on, '16:00')),
  ];
  return moments.sort().at(-1) ?? at(on ?? order.on, '09:10');
}

export function startOf({ on, time }: AttemptStory): string {
  return at(on, time ?? '10:30');
}

/** What a thousand tokens cost, of input and of output, in euros. */
const pricePerThousand = [0.0025, 0.01] as const;

export function costOf({ tokens }: AttemptStory): number {
  const [input, output] = tokens ?? [0, 0];
  return Math.round((input * pricePerThousand[0] + output * pricePerThousand[1]) * 1_000) / 1_000_000;
}
