/** Brings a database to what this build needs, before anything is served from it. */
import { packagePath } from '../config/package-path.js';
import { ensureVectorIndexes } from './catalogue/vector-indexes.js';
import type { Database } from './database.js';
import { migrate } from './migrate.js';

/** Where the package keeps its migrations. */
export function migrationsFolder(): string {
  return packagePath('prisma', 'migrations');
}

/** Applies pending migrations, then makes the vector indexes that this engine can do. Answers the migrations applied. */
export async function prepareDatabase(database: Database): Promise<{ applied: string[] }> {
  const result = await migrate(database, migrationsFolder());
  await ensureVectorIndexes(database);
  return result;
}
