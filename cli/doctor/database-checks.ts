/** What `weft doctor` asks of the database. */
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { type Database, migrationsFolder, openDatabase } from '../../subgraphs/kernel/db/index.js';
import { listMigrations } from '../../subgraphs/kernel/db/migration-files.js';
import { pendingMigrations, readHistory } from '../../subgraphs/kernel/db/migration-history.js';
import { type Finding, failed, ok, warning } from './finding.js';
import { checkKeys } from './key-checks.js';
import { checkTrail } from './trail-checks.js';

/** A lease or a token that is judged by two clocks this far apart is judged wrongly. */
const toleratedSkewMs = 2_000;

/** What a pending migration would make is not looked for. */
export async function checkDatabase(database: Database, config: Config): Promise<Finding[]> {
  const migrations = await checkMigrations(database);
  const stored =
    migrations.status === 'ok' ? [...(await checkKeys(database, config)), ...(await checkTrail(database, config))] : [];
  return [
    await checkVersion(database),
    ...(await checkPooler(database, config)),
    migrations,
    await checkClock(database),
    ...stored,
  ];
}

async function checkVersion(database: Database): Promise<Finding> {
  const name = 'database';
  try {
    const [found] = await database.query<{ version: string; vector: string | null }>(
      `/* doctor.version */ select current_setting('server_version') as version,
         (select extversion from pg_catalog.pg_extension where extname = 'vector') as vector`,
    );
    const engine = database.engine === 'pglite' ? 'embedded PostgreSQL' : 'PostgreSQL';
    const vector = found?.vector == null ? 'pgvector not created yet' : `pgvector ${found.vector}`;
    return ok(name, `${engine} ${found?.version ?? ''}, ${vector}`);
  } catch (error) {
    return failed(name, error);
  }
}

/** Nothing without one. With an address past it, that address has to lead to the same database. */
async function checkPooler(database: Database, { database: { directUrl } }: Config): Promise<Finding[]> {
  const name = 'pooler';
  if (!database.state().isPooled) return [];
  const holds = 'through a pooler (pgbouncer in transaction mode or alike): statements are not kept prepared';
  const set = 'set WEFT_DATABASE_DIRECT_URL to the server itself';
  if (directUrl === undefined)
    return [warning(name, `${holds}, subscriptions look for changes every 250 ms`, `To be notified instead, ${set}`)];
  try {
    await assertSameDatabase(database, directUrl.reveal());
    return [ok(name, `${holds}, subscriptions are notified past it`)];
  } catch (error) {
    return [failed(name, error, `Changes would be noticed late: ${set}, and to the same database`)];
  }
}

async function assertSameDatabase(database: Database, directUrl: string): Promise<void> {
  const direct = await openDatabase({ url: directUrl, poolSize: 1, log: { warn: () => undefined } });
  try {
    if (direct.state().isPooled) throw new Error('WEFT_DATABASE_DIRECT_URL leads to a pooler too');
    const question = `/* doctor.place */ select oid::text || '/' || (pg_control_system()).system_identifier as place
      from pg_catalog.pg_database where datname = current_database()`;
    const [[through], [past]] = await Promise.all([
      database.query<{ place: string }>(question),
      direct.query<{ place: string }>(question),
    ]);
    if (through?.place !== past?.place) throw new Error('WEFT_DATABASE_DIRECT_URL leads to another database');
  } finally {
    await direct.close();
  }
}

async function checkMigrations(database: Database): Promise<Finding> {
  const name = 'migrations';
  try {
    const migrations = listMigrations(migrationsFolder());
    const pending = pendingMigrations(await readHistory(database), migrations);
    if (pending.length === 0) return ok(name, `all ${migrations.length} applied`);
    const detail = `${pending.length} of ${migrations.length} pending, the next is ${pending[0]?.name ?? ''}`;
    return warning(name, detail, 'They are applied at the next start, or now by weft migrate');
  } catch (error) {
    return failed(name, error);
  }
}

async function checkClock(database: Database): Promise<Finding> {
  const name = 'clock';
  try {
    const asked = Date.now();
    const [row] = await database.query<{ ms: string | number }>(
      `/* doctor.clock */ select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
    );
    // The answer was made at some moment between the two readings here: the middle is the best guess.
    const skewMs = Math.abs(Number(row?.ms) - (asked + Date.now()) / 2);
    const detail = `${Math.round(skewMs)} ms from the database's`;
    return skewMs <= toleratedSkewMs
      ? ok(name, detail)
      : warning(name, detail, 'Leases and tokens are judged by both: let one time service set them');
  } catch (error) {
    return failed(name, error);
  }
}
