/** Runs the Prisma CLI with the schema engine of this folder: `tsx prisma/offline/prisma.ts migrate status`. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const { status } = spawnSync('/usr/bin/env', [...environment(), process.execPath, cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** Set before the CLI, whose own environment goes on otherwise unchanged. */
function environment(): string[] {
  const engine = fileURLToPath(new URL('schema-engine.mjs', import.meta.url));
  return ['CHECKPOINT_DISABLE=1', 'PRISMA_HIDE_UPDATE_MESSAGE=1', `PRISMA_SCHEMA_ENGINE_BINARY=${engine}`];
}
