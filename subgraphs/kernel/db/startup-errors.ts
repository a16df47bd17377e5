/** Owns what an operator reads when the database can't serve: what was expected, what was found, and what to do. */
import { isNativeError } from 'node:util/types';
import { StartupError } from '../errors/index.js';
import type { Database } from './database.js';
import { checkDatabaseError } from './errors.js';
import { sql } from './sql.js';

const oldestServer = 15;
const oldestVector = [0, 7] as const;

/** A failure to connect in the operator's words. The address is named, the password never. */
export function toStartupError(error: unknown, url: string): unknown {
  if (error instanceof StartupError) return error;
  const where = describeUrl(url);
  const failure = checkDatabaseError(error);
  switch (failure?.code) {
    case '28P01': // invalid_password
    case '28000': // invalid_authorization_specification
      return new StartupError(`${where} refused the user or the password. Check both in DATABASE_URL.`, {
        cause: error,
      });
    case '3D000': // invalid_catalog_name
      return new StartupError(`${where} has no database of that name. Create it, or correct DATABASE_URL.`, {
        cause: error,
      });
    case '53300': // too_many_connections
      return new StartupError(
        `${where} has no connection left. Raise its max_connections, or lower WEFT_DATABASE_POOL_SIZE.`,
        {
          cause: error,
        },
      );
    case '57P03': // cannot_connect_now
      return new StartupError(`${where} is still starting up. Try again in a moment.`, { cause: error });
    case undefined:
      return new StartupError(
        `${where} can't be reached (${reasonOf(error)}). Is the server running, and are host and port in DATABASE_URL right?`,
        { cause: error },
      );
    default:
      return new StartupError(`${where} refused the connection (SQLSTATE ${failure?.code}).`, { cause: error });
  }
}

/** `PostgreSQL at host:port/database as user`, from a URL that may hold a password. */
export function describeUrl(url: string): string {
  try {
    const { hostname, port, pathname, username, searchParams } = new URL(url);
    const host = hostname || searchParams.get('host') || 'localhost';
    const user = username === '' ? '' : ` as ${decodeURIComponent(username)}`;
    return `PostgreSQL at ${host}:${port || '5432'}${pathname}${user}`;
  } catch {
    return 'PostgreSQL at DATABASE_URL';
  }
}

/** `pg` wraps the reason, and a host with two addresses has two of them: one short word where there is one. */
function reasonOf(error: unknown): string {
  for (let current = error; isNativeError(current); current = current.cause) {
    const [first] = 'errors' in current ? (current.errors as unknown[]) : [current];
    const code = (first as NodeJS.ErrnoException | undefined)?.code;
    // RequestError has a code as well, of another kind: the system's are the ones that say why.
    if (code !== undefined && /^E[A-Z]+(_[A-Z]+)?$/.test(code)) return code;
    if (/timeout|timed out/i.test(current.message)) return 'no answer in time';
  }
  return 'it hung up';
}

/** Throws StartupError when the server is too old, or has no pgvector that can do what the schema needs. */
export async function assertCapable(database: Database): Promise<void> {
  const [found] = await database.query<{
    server: number;
    version: string;
    installed: string | null;
    available: string | null;
  }>(
    sql`/* kernel.serverCapabilities */
      select current_setting('server_version_num')::int / 10000 as server, current_setting('server_version') as version,
        (select extversion from pg_catalog.pg_extension where extname = 'vector') as installed,
        (select default_version from pg_catalog.pg_available_extensions where name = 'vector') as available`,
  );
  if (found === undefined) throw new StartupError('The database did not say what it is.');
  if (found.server < oldestServer) {
    throw new StartupError(
      `The database server is PostgreSQL ${found.version}, and PostgreSQL ${oldestServer} or newer is needed. Upgrade the server.`,
    );
  }
  const wanted = oldestVector.join('.');
  if (found.installed !== null && !isVectorEnough(found.installed)) {
    throw new StartupError(
      `The database has pgvector ${found.installed}, and ${wanted} or newer is needed. ` +
        'Install it on the server, then run "alter extension vector update".',
    );
  }
  if (found.installed === null && (found.available === null || !isVectorEnough(found.available))) {
    throw new StartupError(
      `The database server ${found.available === null ? 'does not have pgvector' : `offers pgvector ${found.available}`}, ` +
        `and ${wanted} or newer is needed. Install it on the server (Debian: postgresql-${found.server}-pgvector).`,
    );
  }
}

/** Exported for its test: no server at hand is that old. */
export function isVectorEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestVector[0] || (major === oldestVector[0] && minor >= oldestVector[1]);
}
