/** Fails builds whose builder went silent, while a process serves. */
import { Identity } from '../kernel/auth/index.js';
import type { Database } from '../kernel/db/index.js';
import type { Logger } from '../kernel/log/index.js';
import { startPeriodic } from '../kernel/worker/index.js';
import { failSilentBuilds } from './repository/builds.js';

const sweepMs = 5_000;
const mostAtOnce = 100;
const sweeper = Identity.of({ subject: 'build-sweeper', scopes: [] });

/** Answers how to stop; a sweep under way is waited for. Several processes may sweep at once: each build fails once. */
export function startBuildSweeper(
  database: Database,
  log: Pick<Logger, 'warn'>,
  everyMs: number = sweepMs,
): () => Promise<void> {
  return startPeriodic({
    everyMs,
    run: () => failSilentBuilds({ auth: sweeper, requestId: 'build-sweeper', database }, mostAtOnce),
    onFailure: (error) => log.warn({ err: error }, 'silent builds could not be failed'),
  });
}
