/** Opens the door on the engine that the configuration names. */
import type { Logger } from '../log/index.js';
import type { Database } from './database.js';
import { PgliteDatabase } from './pglite.js';
import { assertCapable, toStartupError } from './startup-errors.js';
import { PostgresDatabase, type PostgresOptions } from './postgres.js';

export interface OpenDatabaseOptions extends Partial<Omit<PostgresOptions, 'log'>> {
  /** Folder of the embedded store, or `memory`. Used when there is no `url`. */
  readonly dataDir?: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** PostgreSQL when there is a `url`, else the embedded engine. Throws StartupError when it can't serve. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  if (options.url === undefined) {
    const { dataDir = 'memory', waitMs, log } = options;
    return PgliteDatabase.open({ dataDir, waitMs, log });
  }
  let database: Database;
  try {
    database = await PostgresDatabase.open({ ...options, url: options.url });
  } catch (error) {
    throw toStartupError(error, options.url);
  }
  try {
    await assertCapable(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
