/** What a work order's status is: nobody sets it, it follows from the items; the database derives the same. */
import { isSettled, type ItemStatus } from './item-states.js';

export type OrderStatus = 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';

export function orderStatusOf(items: readonly ItemStatus[]): OrderStatus {
  if (items.includes('PROCESSING')) return 'PROCESSING';
  if (items.includes('QUEUED')) return items.some(isSettled) ? 'PROCESSING' : 'PENDING';
  if (items.includes('FAILED')) return 'FAILED';
  return items.length > 0 ? 'COMPLETED' : 'PENDING';
}
