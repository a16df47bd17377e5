/** What has to happen by itself: time-outs, escalations, and the end of runs that have nothing left to spend. */
import type { Writer } from '../../kernel/write/index.js';
import { escalateDue } from './decide-approval.js';
import { timeOutItems } from './finish-items.js';
import { giveUpExhaustedRuns } from './runs.js';

export interface Swept {
  readonly timedOut: number;
  readonly escalated: number;
  readonly givenUp: number;
}

/** Looked at in one round, of each kind. */
const most = 100;

/** Any number of processes may do this at once: each takes what the others have left. */
export async function sweep(writer: Writer): Promise<Swept> {
  const timedOut = await timeOutItems(writer, most);
  const escalated = await escalateDue(writer, most);
  const givenUp = await giveUpExhaustedRuns(writer, most);
  return { timedOut, escalated, givenUp };
}
