/** The migrations of a folder, as Prisma lays them out: `<timestamp>_<name>/migration.sql`, and our `down.sql` beside it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MigrationFile {
  readonly name: string;
  /** SHA-256 of the file, as Prisma computes it. */
  readonly checksum: string;
  readonly up: string;
  /** Read only when it is needed; null when there is none. */
  readonly down: () => string | null;
}

/** In the order in which they apply. */
export function listMigrations(directory: string): readonly MigrationFile[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(directory, name, 'migration.sql'));
      const downFile = join(directory, name, 'down.sql');
      return {
        name,
        checksum: createHash('sha256').update(bytes).digest('hex'),
        up: bytes.toString('utf8'),
        down: () => (existsSync(downFile) ? readFileSync(downFile, 'utf8') : null),
      };
    });
}
