/** Runs every check that the ones before it leave possible. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { openConfiguredDatabase } from '../configured-database.js';
import { checkDatabase } from './database-checks.js';
import { type Finding, failed, ok } from './finding.js';
import { checkDataFolder, checkPort } from './machine-checks.js';
import { checkSupergraph } from './supergraph-check.js';
import { checkTokens } from './token-checks.js';

export async function examine(environment?: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(environment);
  } catch (error) {
    return [failed('configuration', error), await checkSupergraph()];
  }
  const gateway = await askGateway(config);
  return [
    ok('configuration', describeShape(config)),
    await checkSupergraph(),
    ...(await checkTokens(config)),
    checkDataFolder(config),
    await checkPort(config, gateway.isUp),
    ...(await examineDatabase(config, gateway)),
  ];
}

function describeShape({ environment, database, auth, host, port }: Config): string {
  const store = database.url === undefined ? `embedded store in ${database.dataDir}` : 'PostgreSQL';
  return `${environment}, ${store}, authentication ${auth?.mode ?? 'off'}, ${host}:${port}`;
}

interface Gateway {
  readonly url: string;
  readonly isUp: boolean;
  readonly isReady: boolean;
}

/** What answers where this configuration would serve. */
async function askGateway({ host, port }: Config): Promise<Gateway> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ask = async (path: string): Promise<Response | null> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  const live = port === 0 ? null : await ask('/health/live');
  const isUp = live?.headers.get('content-type')?.startsWith('application/json') === true;
  return { url, isUp, isReady: isUp && (await ask('/health/ready'))?.ok === true };
}

async function examineDatabase(config: Config, gateway: Gateway): Promise<Finding[]> {
  const name = 'database';
  if (config.database.url === undefined && !existsSync(join(config.database.dataDir, 'database'))) {
    return [{ name, status: 'skipped', detail: 'no embedded store yet: the first start makes it' }];
  }
  let database: Database;
  try {
    database = await openConfiguredDatabase(config, createLogger({ level: 'silent' }));
  } catch (error) {
    const finding = failed(name, error);
    // One process owns the embedded store: while a gateway is up, that it is in use is as it should be.
    if (config.database.url !== undefined || !finding.detail.includes('is in use by ') || !gateway.isReady)
      return [finding];
    const detail = `not opened, a gateway is up at ${gateway.url} and says that it is ready`;
    return [{ name, status: 'skipped', detail, advice: 'Stop it to have its store looked into' }];
  }
  try {
    return await checkDatabase(database, config);
  } finally {
    await database.close();
  }
}
