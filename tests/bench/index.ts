/**
 * Runs the benches by name, each in a process of its own, and lists them when none is named: `npm run bench -- <name…>`.
 * They run compiled, as the product does: what tsx adds to every closure (its name) is a tenth of a small request.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('.', import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = 'dist/bench';

/** A bench is a file of this folder, or a room with an index.ts. */
function listBenches(): Map<string, string> {
  const benches = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = entry.name.replace(/\.ts$/, '');
    if (entry.isDirectory()) benches.set(name, `${name}/index.ts`);
    else if (entry.name.endsWith('.ts') && name !== 'index') benches.set(name, entry.name);
  }
  return benches;
}

function runNode(...args: string[]): boolean {
  return spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root }).status === 0;
}

function run(file: string): boolean {
  return runNode('--expose-gc', `${compiled}/tests/bench/${file.replace(/\.ts$/, '.js')}`);
}

function compile(): void {
  if (!runNode('node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json')) process.exit(1);
}

const benches = listBenches();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benches.has(name) && name !== 'all');
if (asked.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`there is no bench ${unknown.join(', ')}`);
  console.log(`npm run bench -- <name…> | all\n${[...benches.keys()].map((name) => `  ${name}`).join('\n')}`);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  compile();
  const names = asked.includes('all') ? [...benches.keys()] : asked;
  const failed = names.filter((name) => !run(benches.get(name) ?? ''));
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
