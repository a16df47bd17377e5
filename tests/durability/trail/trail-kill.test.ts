import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../testkit/index.js';
import { killRounds } from './kill-rounds.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-trail-kill-'));
let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(async () => {
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});

test('kill -9 between commit, seal, tree and checkpoint, 5 times: never two heads of one size', async () => {
  const { checkpoints, contradictions } = await killRounds({
    rounds: 5,
    folder: join(folder, 'outside'),
    // A server keeps what a dead process had committed; the embedded store dies with its process.
    place: opened.url ?? join(folder, 'store'),
  });
  expect(contradictions).toEqual([]);
  expect(checkpoints).toBeGreaterThan(0);
}, 240_000);
