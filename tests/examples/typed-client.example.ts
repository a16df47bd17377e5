import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { startProgram } from '../testkit/index.js';

const folder = packagePath('examples', 'typed-client');

/** Its output. Fails the test with everything that was printed when the command does. */
function npm(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  expect({ command: args.join(' '), status, printed: status === 0 ? '' : stdout + stderr }).toEqual({
    command: args.join(' '),
    status: 0,
    printed: '',
  });
  return stdout;
}

test('the typed client installs, compiles against the committed schema, and prints what weft start answers', async () => {
  npm('ci', '--ignore-scripts');
  npm('test');
  const store = mkdtempSync(join(tmpdir(), 'weft-example-'));
  const program = startProgram(['cli', 'main.ts'], ['start'], { PORT: '0', WEFT_DATA_DIR: join(store, 'store') });
  try {
    for await (const line of program.lines) {
      const url = /Weft is ready at (http:\/\/\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      const printed = npm('start', '--silent', '--', '--url', url);
      expect(printed).toMatch(/meridian\/dose-portal.*\d+ of \d+/);
      expect(printed).toMatch(/waits since .* for a signature of level \d/);
      return;
    }
    throw new Error((await program.ended).errors);
  } finally {
    await program.kill();
    rmSync(store, { recursive: true, force: true });
  }
}, 600_000);
