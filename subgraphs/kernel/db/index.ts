/** Owns the one door to the database: both engines, the `sql` tag, migrations, and what a failure means. */
export type {
  BoundStatement,
  Database,
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
export { countStatements, originOf, type CountedDatabase } from './statement-counter.js';
export { migrate, rollback } from './migrate.js';
export { migrationsFolder, prepareDatabase } from './prepare.js';
