/** Runs every check that the ones before it leave possible. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { type Config, loadConfig, packagePath } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import { openConfiguredDatabase } from '../configured-database.js';
import { checkDatabase } from './database-checks.js';
import { type Finding, failed } from './finding.js';

export async function examine(environment?: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  const findings = [checkSupergraph()];
  let config: Config;
  try {
    config = loadConfig(environment);
    findings.unshift({ name: 'configuration', status: 'ok', detail: describeShape(config) });
  } catch (error) {
    return [failed('configuration', error), ...findings];
  }
  return [...findings, ...(await examineDatabase(config))];
}

/** A composed file that no longer parses is caught here; whether it is fresh is `weft compose --check`'s to say. */
function checkSupergraph(): Finding {
  const name = 'supergraph';
  try {
    const { definitions } = parse(readFileSync(packagePath('schema', 'supergraph.graphql'), 'utf8'));
    return { name, status: 'ok', detail: `${definitions.length} definitions` };
  } catch (error) {
    return { ...failed(name, error), advice: 'npm run compose writes it anew' };
  }
}

function describeShape({ environment, database, auth, host, port }: Config): string {
  const store = database.url === undefined ? `embedded store in ${database.dataDir}` : 'PostgreSQL';
  return `${environment}, ${store}, authentication ${auth?.mode ?? 'off'}, ${host}:${port}`;
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  if (config.database.url === undefined && !existsSync(join(config.database.dataDir, 'database'))) {
    return [{ name: 'database', status: 'skipped', detail: 'no embedded store yet: the first start makes it' }];
  }
  let database: Database;
  try {
    database = await openConfiguredDatabase(config, createLogger({ level: 'silent' }));
  } catch (error) {
    return [await explained(failed('database', error), config)];
  }
  try {
    return await checkDatabase(database);
  } finally {
    await database.close();
  }
}

/** One process owns the embedded store: while a gateway is up, that it is in use is as it should be. */
async function explained(finding: Finding, { database, host, port }: Config): Promise<Finding> {
  if (database.url !== undefined || !finding.detail.includes('is in use by ')) return finding;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    const { ok } = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    if (!ok) return finding;
  } catch {
    return finding;
  }
  const detail = `not opened, a gateway is up at ${url} and says that it is ready`;
  return { name: finding.name, status: 'skipped', detail, advice: finding.detail };
}
