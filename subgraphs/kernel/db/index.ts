/** Owns the one door to the database: both engines, the `sql` tag, migrations, and what a failure means. */
export type {
  BoundStatement,
  Database,
  DatabaseState,
  Driver,
  DatabaseEngine,
  Queryable,
  Statement,
  Transaction,
  TransactionOptions,
} from './database.js';
export { checkDatabaseError, type DatabaseErrorKind, type DatabaseFailure } from './errors.js';
export { openDatabase, type OpenDatabaseOptions } from './open-database.js';
export { sql, type SqlStatement } from './sql.js';
export { countStatements, type CountedDatabase } from './statement-counter.js';
export { originOf } from './origin.js';
export { workerLane, type Lane, type LaneKind } from './lane.js';
export { migrate, rollback } from './migrate.js';
export { migrationsFolder, prepareDatabase } from './prepare.js';
