/** The CPU that the database server spends for one database: asked of the machine, so only where the server runs on it. */
import { readFileSync } from 'node:fs';
import type { Database } from '../../../subgraphs/kernel/db/index.js';

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** Milliseconds so far, by the process of each connection. */
export type DatabaseCpu = ReadonlyMap<number, number>;

/** Of all connections to `database` but the one that asks; null where they can't be read. */
export async function databaseCpu(database: Database): Promise<DatabaseCpu | null> {
  const backends = await database.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  try {
    return new Map(backends.map(({ pid }) => [pid, cpuOf(pid)]));
  } catch {
    return null;
  }
}

/**
 * Milliseconds spent between two looks. By connection, because an idle one is closed after a while, and what it has taken all
 * its life would be taken off the sum; null where either look failed.
 */
export function cpuBetween(before: DatabaseCpu | null, after: DatabaseCpu | null): number | null {
  if (before === null || after === null) return null;
  return [...after].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0);
}

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses and may itself hold spaces; user and system time are fields 14 and 15.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * msPerTick;
}
