/** Brings a database to what this build needs, before anything is served from it. */
import { packagePath } from '../config/package-path.js';
import type { Database } from './database.js';
import { migrate } from './migrate.js';

/** Where the package keeps its migrations. */
export function migrationsFolder(): string {
  return packagePath('prisma', 'migrations');
}

/** Applies pending migrations. Answers the migrations applied. */
export function prepareDatabase(database: Database): Promise<{ applied: string[] }> {
  return migrate(database, migrationsFolder());
}
