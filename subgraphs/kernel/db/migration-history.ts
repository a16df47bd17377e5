/** `_prisma_migrations`: the history that Prisma keeps, read and written exactly as it does, so that either may continue. */
import { randomUUID } from 'node:crypto';
import { StartupError } from '../errors/index.js';
import type { Queryable } from './database.js';
import { checkDatabaseError } from './errors.js';
import type { MigrationFile } from './migration-files.js';
import { sql } from './sql.js';

/** The advisory lock that Prisma Migrate takes. */
export const migrationLock = 72707369;

export const historyTable = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

export interface HistoryEntry {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
  readonly logs: string | null;
}

/** What was applied or begun and not rolled back, oldest first; empty when nothing ever was. */
export async function readHistory(db: Queryable): Promise<readonly HistoryEntry[]> {
  try {
    return await db.query<HistoryEntry>(sql`/* kernel.migrationHistory */
      select migration_name as name, checksum, finished_at is not null as finished, logs
      from public._prisma_migrations where rolled_back_at is null order by started_at, migration_name`);
  } catch (error) {
    if (checkDatabaseError(error)?.code === '42P01') return []; // no such table: nothing was ever applied
    throw error;
  }
}

/** Which migrations are still to be applied. Throws StartupError when the history is not a beginning of `migrations`. */
export function pendingMigrations(
  history: readonly HistoryEntry[],
  migrations: readonly MigrationFile[],
): readonly MigrationFile[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const entry of history) {
    const migration = known.get(entry.name);
    if (!entry.finished) {
      throw new StartupError(
        `The migration ${entry.name} began and did not finish${entry.logs ? `: ${firstLine(entry.logs)}` : ''}. ` +
          `Repair the database, then record it with "prisma migrate resolve --applied ${entry.name}" or "--rolled-back".`,
      );
    }
    if (migration === undefined) {
      throw new StartupError(
        `The database has the migration ${entry.name}, which this build does not know: a newer version migrated it. ` +
          'Start that version, or roll the database back with it first.',
      );
    }
    if (migration.checksum !== entry.checksum) {
      throw new StartupError(
        `The migration ${entry.name} was edited after it was applied. ` +
          'Put the file back as it was, and make the change in a new migration.',
      );
    }
  }
  const applied = new Set(history.map((entry) => entry.name));
  return migrations.filter((migration) => !applied.has(migration.name));
}

export async function recordApplied(tx: Queryable, { name, checksum }: MigrationFile): Promise<void> {
  await tx.query(sql`/* kernel.recordMigration */
    insert into public._prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
    values (${randomUUID()}, ${checksum}, ${name}, clock_timestamp(), 1)`);
}

/** The migration's transaction left nothing behind, so the entry says rolled back: the next start tries again. */
export async function recordFailed(db: Queryable, { name, checksum }: MigrationFile, logs: string): Promise<void> {
  await db.query(sql`/* kernel.recordFailedMigration */
    insert into public._prisma_migrations (id, checksum, migration_name, logs, rolled_back_at)
    values (${randomUUID()}, ${checksum}, ${name}, ${logs}, clock_timestamp())`);
}

export async function recordRolledBack(tx: Queryable, name: string): Promise<void> {
  await tx.query(sql`/* kernel.recordRollback */
    update public._prisma_migrations set rolled_back_at = clock_timestamp()
    where migration_name = ${name} and rolled_back_at is null`);
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
