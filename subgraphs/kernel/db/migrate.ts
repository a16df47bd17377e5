/** Applies and undoes migrations. Prisma's own schema engine is a download, which a machine without internet can't have. */
import { StartupError } from '../errors/index.js';
import type { Database, Transaction } from './database.js';
import { listMigrations, type MigrationFile } from './migration-files.js';
import {
  firstLine,
  historyTable,
  migrationLock,
  pendingMigrations,
  readHistory,
  recordApplied,
  recordFailed,
  recordRolledBack,
} from './migration-history.js';

/**
 * Applies what is pending in `directory`, each migration in a transaction of its own: one that fails leaves nothing
 * half-applied. Processes that start at once take turns and apply each migration once. When nothing is pending this is
 * one query. Throws StartupError for an edited, failed or unknown migration.
 */
export async function migrate(database: Database, directory: string): Promise<{ applied: string[] }> {
  const migrations = listMigrations(directory);
  const applied: string[] = [];
  const history = await readHistory(database);
  if (history.every((entry) => entry.finished) && pendingMigrations(history, migrations).length === 0)
    return { applied };
  for (;;) {
    const next = await applyNext(database, migrations);
    if (next === null) return { applied };
    applied.push(next);
  }
}

/**
 * Undoes, newest first, every applied migration that comes after `to` (a migration's name; null undoes all).
 * Throws StartupError, before anything is undone, when one of them has no `down.sql`.
 */
export async function rollback(
  database: Database,
  directory: string,
  { to }: { readonly to: string | null },
): Promise<{ rolledBack: string[] }> {
  const migrations = listMigrations(directory);
  if (to !== null && !migrations.some((migration) => migration.name === to)) {
    throw new StartupError(`There is no migration ${to} in ${directory}.`);
  }
  const history = await readHistory(database);
  pendingMigrations(history, migrations);
  const applied = new Set(history.map((entry) => entry.name));
  const undone = migrations
    .filter((migration) => applied.has(migration.name) && (to === null || migration.name > to))
    .reverse()
    .map((migration) => ({ name: migration.name, down: downOf(migration) }));
  for (const { name, down } of undone) {
    await locked(database, async (tx) => {
      await tx.script(down);
      await recordRolledBack(tx, name);
    });
  }
  return { rolledBack: undone.map((migration) => migration.name) };
}

/** Applies the oldest pending migration and answers its name, null when there is none. */
async function applyNext(database: Database, migrations: readonly MigrationFile[]): Promise<string | null> {
  let current: MigrationFile | undefined;
  try {
    return await locked(database, async (tx) => {
      await tx.script(historyTable);
      // Read again behind the lock: another process may have applied it while this one waited.
      current = pendingMigrations(await readHistory(tx), migrations)[0];
      if (current === undefined) return null;
      await tx.script(current.up);
      await recordApplied(tx, current);
      return current.name;
    });
  } catch (error) {
    if (current === undefined) throw error;
    const message = error instanceof Error ? error.message : String(error);
    // For the record only: the failure itself is what the operator must hear of, also when it can't be written down.
    await recordAlone(database, current, message).catch(() => undefined);
    throw new StartupError(
      `The migration ${current.name} failed and was undone whole: ${firstLine(message)}. The database is as it was before it.`,
      { cause: error },
    );
  }
}

async function recordAlone(database: Database, migration: MigrationFile, message: string): Promise<void> {
  await database.script(historyTable);
  await recordFailed(database, migration, message);
}

/** A transaction that only one process at a time is in, and in which statements may take as long as they need. */
function locked<T>(database: Database, run: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set local statement_timeout = 0');
    await tx.query(`select pg_advisory_xact_lock(${migrationLock})`);
    return run(tx);
  });
}

function downOf(migration: MigrationFile): string {
  const down = migration.down();
  if (down === null) throw new StartupError(`The migration ${migration.name} has no down.sql, so it can't be undone.`);
  return down;
}
