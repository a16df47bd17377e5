/** What a process that serves the graph needs open, and how it all ends again. */
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { prepareDatabase, type Database } from '../../subgraphs/kernel/db/index.js';
import { feedOf } from '../../subgraphs/kernel/events/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { openStores, TrailWatch, type TrailWatchOptions } from '../../subgraphs/kernel/trail/index.js';
import { settleSealing } from '../../subgraphs/kernel/write/index.js';
import { openConfiguredDatabase } from '../configured-database.js';
import { startHousekeeping } from './housekeeping.js';

export interface OpenedStore {
  readonly database: Database;
  /** True when the demonstration data was put in just now. */
  readonly seeded: boolean;
  readonly trail: TrailWatch;
  close(): Promise<void>;
}

/** Opens the configured database, brings it up to date, and seeds it when it is empty and the configuration says so. */
export async function openStore(
  config: Config,
  log: Logger,
  connecting: Promise<Database> = openConfiguredDatabase(config, log),
): Promise<OpenedStore> {
  const database = await connecting;
  try {
    await prepareDatabase(database);
    const seeded = config.seed && (await seedWhenEmpty(database));
    feedOf(database, config.events);
    const trail = new TrailWatch(database, log, { checkpoints: await checkpointsOf(config) });
    const stopHousekeeping = startHousekeeping(database, config.events.keepDays, log);
    return {
      database,
      seeded,
      trail,
      close: async () => {
        await trail.stop();
        await stopHousekeeping();
        await settleSealing(database);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function seedWhenEmpty(database: Database): Promise<boolean> {
  const [found] = await database.query('select 1 from traceability.repositories limit 1');
  if (found !== undefined) return false;
  const { seed } = await import('../../prisma/seed.js');
  return (await seed(database)).seeded;
}

/** What to expect of whichever process makes checkpoints. */
async function checkpointsOf({ trail }: Config): Promise<TrailWatchOptions['checkpoints']> {
  if (trail.keys.length === 0) return undefined;
  const stores = await openStores(trail);
  return { everySeconds: trail.checkpointSeconds, stores: stores.map(({ name }) => name) };
}
