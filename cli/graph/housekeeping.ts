/** What a serving process does for the database by the hour: nothing here is needed for a right answer, only for a small store. */
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { expireEvents } from '../../subgraphs/kernel/events/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { startPeriodic } from '../../subgraphs/kernel/worker/index.js';
import { expireClientKeys, requestSealing } from '../../subgraphs/kernel/write/index.js';
import { domains } from './domains.js';

const hour = 3_600_000;
const day = 24 * hour;

/** Begins with what a process that was killed has left unsealed. Answers how to stop; a round under way is waited for. */
export function startHousekeeping(
  database: Database,
  keepDays: number,
  log: Pick<Logger, 'warn'>,
): () => Promise<void> {
  requestSealing(database);
  return startPeriodic({
    everyMs: hour,
    run: () => tidy(database, new Date(Date.now() - keepDays * day)),
    onFailure: (error) => log.warn({ err: error }, 'what is old or has expired could not be removed'),
  });
}

/** Several processes may do this at once: each removes what the others have left. */
async function tidy(database: Database, olderThan: Date): Promise<void> {
  await expireEvents(database, olderThan);
  await expireClientKeys(database, olderThan);
  for (const domain of domains.values()) await domain.tidy?.(database, olderThan);
  requestSealing(database);
}
