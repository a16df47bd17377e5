/** Whether the audit trail is sealed, and whether anything was taken out of it before it was. */
import type { Config, TrailConfig } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import {
  countedUpTo,
  findMissingEntries,
  isLate,
  listPublications,
  openStores,
  readCheckpointState,
  readSigners,
  readTrailState,
  type TrailState,
} from '../../subgraphs/kernel/trail/index.js';
import { sealAuditTrail } from '../../subgraphs/kernel/write/index.js';
import { type Finding, failed, ok, warning } from './finding.js';

const eventsLookedAt = 20_000;

export async function checkTrail(database: Database, { trail }: Pick<Config, 'trail'>): Promise<Finding[]> {
  return [await checkSealing(database), await checkMissing(database), await checkCheckpoints(database, trail)];
}

/** Seals first: that it fails is found here as well, and what no process had sealed is. */
async function checkSealing(database: Database): Promise<Finding> {
  const name = 'audit trail';
  try {
    await sealAuditTrail(database, { maxEntries: countedUpTo });
    return judge(name, await readTrailState(database));
  } catch (error) {
    const advice = 'Ask verifyAuditTrail where it is broken: nothing is sealed until that is understood';
    return failed(name, error, advice);
  }
}

function judge(name: string, { sealed, unsealed, unsealedSeconds, blocker }: TrailState): Finding {
  if (unsealed === 0) return ok(name, `all ${sealed} entries are sealed`);
  const waiting = `${unsealed === countedUpTo ? `at least ${unsealed}` : unsealed} entries are not sealed, the oldest for ${Math.round(unsealedSeconds ?? 0)} s`;
  if (blocker === null) return warning(name, waiting, 'A process that serves seals them; run this again');
  const advice = 'Nothing is sealed past the oldest transaction of the whole server: end it, also in another database';
  return warning(name, `${waiting}; they wait for ${blocker.description}`, advice);
}

async function checkMissing(database: Database): Promise<Finding> {
  const name = 'audit entries';
  try {
    const missing = await findMissingEntries(database, { events: eventsLookedAt });
    const [first] = missing;
    if (first === undefined) return ok(name, `each of the last ${eventsLookedAt} events has its entry`);
    const count = missing.length === 100 ? 'at least 100' : String(missing.length);
    return failed(
      name,
      `${count} ${missing.length === 1 ? 'event has' : 'events have'} no audit entry, the first is ${first.action} of ${first.entityId} (event ${first.position})`,
      'Each was committed together with one: somebody has taken it out of the log',
    );
  } catch (error) {
    return failed(name, error);
  }
}

async function checkCheckpoints(database: Database, trail: TrailConfig): Promise<Finding> {
  const name = 'checkpoints';
  try {
    if (readSigners(trail).length === 0) {
      const advice =
        'Set WEFT_TRAIL_KEY (weft trail key), and WEFT_TRAIL_STORES to places that its owner does not rule';
      return warning(name, 'none are signed: who owns the database can rewrite the audit trail unnoticed', advice);
    }
    const stores = (await openStores(trail)).map((store) => store.name);
    const state = await readCheckpointState(database, stores);
    const unbrought = (await listPublications(database)).filter(
      ({ store, failure }) => stores.includes(store) && failure !== null,
    );
    const [first] = unbrought;
    if (first !== undefined)
      return warning(name, `${first.store}: ${first.failure ?? ''}`, 'It is tried again with every round');
    if (isLate(state, trail.checkpointSeconds)) {
      const waits = Math.round(Math.max(state.uncoveredSeconds ?? 0, state.unpublishedSeconds ?? 0));
      return warning(
        name,
        `the next is late, by now ${waits} s`,
        'Look whether a process serves the platform subgraph, and at its log',
      );
    }
    if (stores.length === 0) {
      const advice = "Set WEFT_TRAIL_STORES: a checkpoint that lies beside the trail is its owner's to rewrite";
      return warning(name, `the last is of ${state.size} entries, and is brought nowhere`, advice);
    }
    return ok(name, `the last is of ${state.size} entries, and is in ${stores.join(', ')}`);
  } catch (error) {
    return failed(name, error);
  }
}
