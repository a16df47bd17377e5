/** The CPU that the database server spends for one database: asked of the machine, so only where the server runs on it. */
import { readFileSync } from 'node:fs';
import type { Database } from '../../../subgraphs/kernel/db/index.js';

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

/** Milliseconds so far of all connections to `database` but the one that asks; null where they can't be read. */
export async function databaseCpu(database: Database): Promise<number | null> {
  const backends = await database.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  try {
    return backends.reduce((sum, { pid }) => sum + cpuOf(pid), 0);
  } catch {
    return null;
  }
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
