/** Looks, again and again, for what has to happen by itself: time-outs, escalations, budgets that are used up. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import { describeError, type Logger } from '../../kernel/log/index.js';
import { startPeriodic } from '../../kernel/worker/index.js';
import type { Writer } from '../../kernel/write/index.js';
import { sweep } from './sweep.js';

export interface SweeperOptions {
  readonly database: Database;
  readonly sweepMs: number;
  readonly log: Pick<Logger, 'warn'>;
}

/** Any number of processes may sweep one database. Answers how to stop; a round under way is waited for. */
export function startWorkflowSweeper({ database, sweepMs, log }: SweeperOptions): () => Promise<void> {
  const auth = Identity.of({ subject: 'workflow-engine', scopes: [] });
  const writer: Writer = { auth, requestId: 'workflow-sweep', database };
  return startPeriodic({
    everyMs: sweepMs,
    run: () => sweep(writer),
    onFailure: (error) => log.warn({ err: describeError(error) }, 'overdue work could not be looked for'),
  });
}
