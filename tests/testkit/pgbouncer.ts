/** A real pgbouncer in transaction mode before a test database. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../.ci/pgbouncer.sh', import.meta.url));

export interface Pgbouncer {
  /** The database of the URL that it was started for, through it. */
  readonly url: string;
  stop(): void;
}

export function startPgbouncer(databaseUrl: string): Pgbouncer {
  const url = execFileSync(script, ['start', databaseUrl], { encoding: 'utf8' }).trim();
  return { url, stop: () => void execFileSync(script, ['stop', url]) };
}
