/** Through a pooler (pgbouncer in transaction mode): no two transactions need have the same session, so none is relied on. */
import { Client, Pool, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';
import { StartupError } from '../errors/index.js';
import type { Driver } from './database.js';

/** The settings that a pooler keeps for each of its clients, sent where every version takes them. */
class PooledClient extends Client {
  /** Of `pg`: what a connection begins with. */
  getStartupConf(): Record<string, string> {
    const { getStartupConf } = Client.prototype as unknown as { getStartupConf(): Record<string, string> };
    return { ...getStartupConf.call(this), TimeZone: 'UTC', DateStyle: 'ISO' };
  }
}

/** The pooler said no to settings that PostgreSQL itself takes. */
function isRefusedSetting(error: unknown): boolean {
  return error instanceof Error && error.message.includes('unsupported startup parameter');
}

/** Whether what answers at `config` is not PostgreSQL itself: it refuses settings, or gives out session ids of its own. */
export async function isPooled(pool: Pool): Promise<boolean> {
  try {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      return rows[0]?.pid !== (client as unknown as { processID: number }).processID;
    } finally {
      client.release();
    }
  } catch (error) {
    if (isRefusedSetting(error)) return true;
    throw error;
  }
}

/** Connections to a pooler: with nothing that it does not keep apart for each client. */
export function createPooledPool(config: PoolConfig): Pool {
  const {
    options: _options,
    statement_timeout: _statement,
    idle_in_transaction_session_timeout: _idle,
    ...kept
  } = config;
  return new Pool({ ...kept, Client: PooledClient });
}

/** Throws StartupError where the pooler loses the settings that values are read by. */
export async function assertReadable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ zone: string; style: string }>(
    `select current_setting('TimeZone') as zone, current_setting('DateStyle') as style`,
  );
  const { zone = '', style = '' } = rows[0] ?? {};
  if (/^(UTC|Etc\/UTC|GMT)$/i.test(zone) && style.startsWith('ISO')) return;
  throw new StartupError(
    `The pooler at DATABASE_URL does not keep TimeZone and DateStyle (they are ${zone} and ${style}). ` +
      `Set them for the role: alter role … set timezone = 'UTC'; alter role … set datestyle = 'ISO'.`,
  );
}

export interface PooledSettings {
  readonly statementTimeoutMs: number;
  readonly idleTransactionTimeoutMs: number;
}

/** Statements without names, as they would be prepared in a session of somebody else; settings as long as a transaction. */
export class PooledDriver implements Driver {
  readonly #driver: Driver;
  readonly #settings: string;

  constructor(driver: Driver, { statementTimeoutMs, idleTransactionTimeoutMs }: PooledSettings) {
    this.#driver = driver;
    this.#settings =
      `set local statement_timeout = ${statementTimeoutMs}; ` +
      `set local idle_in_transaction_session_timeout = ${idleTransactionTimeoutMs}; set local jit = off`;
  }

  readonly query = (async (config: QueryConfig | string): Promise<QueryResult> => {
    if (typeof config === 'string') return this.#driver.query(config);
    const { name: _name, ...unnamed } = config;
    const result = await this.#driver.query(unnamed);
    if (/^begin\b/i.test(config.text)) await this.#driver.query(this.#settings);
    return result;
  }) as Driver['query'];
}
