/** Says in the log that connections run out: at once, and then in sums, since there may be thousands in a second. */
import type { Logger } from '../log/index.js';
import type { Lane } from './lane.js';

const everyMs = 10_000;

export function createBusyLog(log: Pick<Logger, 'warn'>): (lane: Lane) => void {
  let refused = 0;
  let saidAt = -Infinity;
  return ({ kind, caller, request }) => {
    refused += 1;
    if (performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    log.warn({ kind, caller, requestId: request, refused }, 'no database connection became free in time');
    refused = 0;
  };
}
