/** `weft migrate`: applies, lists or undoes migrations. */
import { type Command, Option } from 'commander';
import { type Database, migrationsFolder, prepareDatabase, rollback } from '../../subgraphs/kernel/db/index.js';
import { listMigrations } from '../../subgraphs/kernel/db/migration-files.js';
import { pendingMigrations, readHistory } from '../../subgraphs/kernel/db/migration-history.js';
import { CommandFailed, type Terminal } from '../command.js';
import { withDatabase } from '../configured-database.js';

interface MigrateOptions {
  readonly status?: true;
  readonly downTo?: string;
}

export function configure(command: Command, terminal: Terminal): void {
  command
    .addOption(
      new Option('--status', 'change nothing: list the migrations, and exit with 1 when some are pending').conflicts(
        'downTo',
      ),
    )
    .option(
      '--down-to <migration>',
      'undo, newest first, what came after this one; "nothing" undoes all. Data goes with its tables',
    )
    .action(({ status, downTo }: MigrateOptions) =>
      withDatabase((database) => {
        if (status === true) return printStatus(database, terminal);
        return downTo === undefined ? apply(database, terminal) : undo(database, downTo, terminal);
      }),
    );
}

async function apply(database: Database, { print }: Terminal): Promise<void> {
  const { applied } = await prepareDatabase(database);
  for (const name of applied) print(`applied ${name}`);
  if (applied.length === 0) print('nothing to apply');
}

async function undo(database: Database, downTo: string, { print }: Terminal): Promise<void> {
  const { rolledBack } = await rollback(database, migrationsFolder(), { to: downTo === 'nothing' ? null : downTo });
  for (const name of rolledBack) print(`undid ${name}`);
  if (rolledBack.length === 0) print('nothing to undo');
}

async function printStatus(database: Database, { print }: Terminal): Promise<void> {
  const migrations = listMigrations(migrationsFolder());
  const pending = new Set(pendingMigrations(await readHistory(database), migrations));
  for (const migration of migrations) print(`${pending.has(migration) ? 'pending' : 'applied'} ${migration.name}`);
  if (pending.size > 0) throw new CommandFailed();
}
