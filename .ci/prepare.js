// What `npm ci` leaves ready: the Prisma client, dist/, and `npx weft`. Without development dependencies
// (`npm ci --omit=dev`, as in the image) there is nothing to build with, and dist/ comes from elsewhere.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, lstatSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const root = new URL('../', import.meta.url);

function installed(name) {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function npmRun(script) {
  const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** npm links a package's own `bin` in some versions only; the link makes `npx weft` work in all. */
function linkWeft() {
  const link = new URL('node_modules/.bin/weft', root);
  if (!existsSync(new URL('dist/cli/main.js', root)) || process.platform === 'win32') return;
  chmodSync(new URL('dist/cli/main.js', root), 0o755);
  if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(new URL('node_modules/.bin/', root), { recursive: true });
  symlinkSync('../../dist/cli/main.js', link);
}

if (installed('typescript') && installed('tsx')) {
  const { scripts } = require('../package.json');
  if (scripts['db:generate'] !== undefined) npmRun('db:generate');
  npmRun('build');
}
linkWeft();
