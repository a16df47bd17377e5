/** The database that the configuration names, for commands and servers alike. */
import { type Config, loadConfig } from '../subgraphs/kernel/config/index.js';
import { type Database, openDatabase } from '../subgraphs/kernel/db/index.js';
import { type Logger, createLogger } from '../subgraphs/kernel/log/index.js';

export function openConfiguredDatabase({ database }: Config, log: Pick<Logger, 'warn'>): Promise<Database> {
  return openDatabase({
    log,
    dataDir: database.dataDir,
    poolSize: database.poolSize,
    waitMs: database.waitMs,
    statementTimeoutMs: database.timeoutMs,
    idleTransactionTimeoutMs: database.timeoutMs,
    ...(database.url !== undefined && { url: database.url.reveal(), directUrl: database.directUrl?.reveal() }),
  });
}

/** For a command that works on the database and ends. */
export async function withDatabase(run: (database: Database) => Promise<void>): Promise<void> {
  const config = loadConfig(undefined, { serves: false });
  const database = await openConfiguredDatabase(config, createLogger({ level: config.logLevel }));
  try {
    await run(database);
  } finally {
    await database.close();
  }
}
