import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { readFiles } from './read-files.js';

test('a scan of many slow files leaves others their turn', async () => {
  const content = `---\nx: ${'}{'.repeat(5_000)}\n---\n`;
  const files = Array.from({ length: 5 }, (_, i) => ({ path: `.gxp/requirements/${i}.md`, content }));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const { problems } = await readFiles({ files, nextTurn: setImmediate }).finally(() => clearInterval(timer));
  expect(new Set(problems.map(({ path }) => path)).size).toBe(5);
  expect(turns).toBeGreaterThan(0);
});
