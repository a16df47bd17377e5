/** What has to happen by itself: time-outs, escalations, schedules, and the end of runs that have nothing left to spend. */
import type { Writer } from '../../kernel/write/index.js';
import { escalateDue } from './decide-approval.js';
import { eachAlone } from './each-alone.js';
import { timeOutItems } from './finish-items.js';
import { fireSchedules } from './fire-schedules.js';
import { giveUpExhaustedRuns } from './runs.js';

export interface Swept {
  readonly timedOut: number;
  readonly escalated: number;
  readonly givenUp: number;
  readonly started: number;
}

/** Looked at in one round, of each kind. */
const most = 100;

const kinds = {
  timedOut: timeOutItems,
  escalated: escalateDue,
  givenUp: giveUpExhaustedRuns,
  started: fireSchedules,
} as const;

/** Any number of processes may do this at once: each takes what the others have left. Throws once every kind had its turn. */
export async function sweep(writer: Writer): Promise<Swept> {
  const swept = { timedOut: 0, escalated: 0, givenUp: 0, started: 0 };
  await eachAlone(Object.keys(kinds) as (keyof typeof kinds)[], async (kind) => {
    swept[kind] = await kinds[kind](writer, most);
    return swept[kind];
  });
  return swept;
}
