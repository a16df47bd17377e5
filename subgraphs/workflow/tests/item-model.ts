/**
 * A small model of one work order, written apart from the rules it is held against: items as a handful of words, and what each
 * command makes of them.
 */

export type ModelStatus = 'queued' | 'working' | 'waiting' | 'done' | 'dead' | 'rejected' | 'cancelled';

export interface ModelItem {
  status: ModelStatus;
  readonly needsApproval: boolean;
  /** Attempts that may fail before it is dead. */
  readonly attempts: number;
  failures: number;
}

export type ModelCommand =
  'claim' | 'complete' | 'fail' | 'refuse' | 'timeOut' | 'approve' | 'reject' | 'cancel' | 'redrive';

export const commands: readonly ModelCommand[] = [
  'claim',
  'complete',
  'fail',
  'refuse',
  'timeOut',
  'approve',
  'reject',
  'cancel',
  'redrive',
];

/** Whether the command was possible; the item is changed when it was. */
export function apply(item: ModelItem, command: ModelCommand): boolean {
  const to = (from: readonly ModelStatus[], next: () => ModelStatus): boolean => {
    if (!from.includes(item.status)) return false;
    item.status = next();
    return true;
  };
  const retried = (): ModelStatus => {
    item.failures += 1;
    return item.failures < item.attempts ? 'queued' : 'dead';
  };
  switch (command) {
    case 'claim':
      return to(['queued'], () => 'working');
    case 'complete':
      return to(['working'], () => (item.needsApproval ? 'waiting' : 'done'));
    case 'fail':
    case 'timeOut':
      return to(['working'], retried);
    case 'refuse':
      return to(['working'], () => 'dead');
    case 'approve':
      return to(['waiting'], () => 'done');
    case 'reject':
      return to(['waiting'], () => 'rejected');
    case 'cancel':
      return to(['queued', 'working', 'waiting'], () => 'cancelled');
    case 'redrive':
      return to(['dead'], () => {
        item.failures = 0;
        return 'queued';
      });
  }
}

/** What the order says of itself. */
export function orderOf(items: readonly ModelItem[]): 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' {
  const is = (...statuses: readonly ModelStatus[]): number =>
    items.filter((item) => statuses.includes(item.status)).length;
  const finished = is('done', 'dead', 'rejected', 'cancelled');
  if (finished === 0 && is('working', 'waiting') === 0) return 'PENDING';
  if (finished < items.length) return 'PROCESSING';
  return is('done') === items.length ? 'COMPLETED' : 'FAILED';
}

/** As the database shows it: status, approval, and whether there is an open dead letter. */
export function shown(item: ModelItem): string {
  const status = {
    queued: 'QUEUED',
    working: 'PROCESSING',
    waiting: 'PROCESSING',
    done: 'COMPLETED',
    dead: 'FAILED',
    rejected: 'FAILED',
    cancelled: 'FAILED',
  }[item.status];
  const approval = !item.needsApproval
    ? 'NOT_REQUIRED'
    : item.status === 'done'
      ? 'APPROVED'
      : item.status === 'rejected'
        ? 'REJECTED'
        : 'PENDING';
  return `${status} ${approval} ${item.status === 'waiting' ? 'waits' : 'waits not'}`;
}
