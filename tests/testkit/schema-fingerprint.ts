/** Names the schema that the tests run on, so that a prepared one is reused for exactly as long as it is the same. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { migrationsFolder } from '../../subgraphs/kernel/db/index.js';
import { listMigrations } from '../../subgraphs/kernel/db/migration-files.js';

const alsoDecides = [
  'subgraphs/kernel/db/catalogue/vector-indexes.ts',
  'node_modules/@electric-sql/pglite/package.json',
];

export function schemaFingerprint(): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of listMigrations(migrationsFolder())) hash.update(name).update(checksum);
  for (const file of alsoDecides.filter((path) => existsSync(packagePath(path))))
    hash.update(readFileSync(packagePath(file)));
  return hash.digest('hex').slice(0, 16);
}
