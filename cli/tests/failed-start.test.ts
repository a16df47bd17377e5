import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startProgram } from '../../tests/testkit/child-process.js';
import { Started } from '../graph/started.js';

test('weft start on a port that is taken says what to do and ends, before it makes a store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-start-'));
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const env = { PORT: String(port), WEFT_DATA_DIR: join(folder, 'store'), WEFT_SEED: 'off' };
  const program = startProgram(['cli', 'main.ts'], ['start'], env);
  const hung = setTimeout(() => void program.kill(), 100_000);
  try {
    expect(await program.ended).toEqual({
      code: 1,
      errors: `weft: Can't listen on 127.0.0.1:${port}: the port is taken. Stop what listens there, or set PORT.\n`,
    });
    expect(existsSync(join(folder, 'store'))).toBe(false);
  } finally {
    clearTimeout(hung);
    other.close();
    rmSync(folder, { recursive: true });
  }
}, 120_000);

test('what was started ends last first, once, and all of it though a part fails', async () => {
  const ended: string[] = [];
  const started = new Started();
  const part = (name: string, failure?: Error) => () => {
    ended.push(name);
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  };
  started.add(part('store'));
  started.add(part('worker', new Error('it would not')));
  started.add(part('server'));
  await expect(started.end()).rejects.toThrow('it would not');
  await started.end();
  expect(ended).toEqual(['server', 'worker', 'store']);
});
