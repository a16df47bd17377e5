import { expect, test } from '@jest/globals';
import { runChecks } from '../../auditor/index.js';
import { file } from './judged.js';

const nothing = { files: [], changedPaths: null, boundaries: null, physics: null };

test('a check that takes too long is an ERROR of its own, and the others are carried out', async () => {
  const boundaries = JSON.stringify({ forbidden: [{ from: '**', to: `${'*a'.repeat(12)}b` }] });
  const files = [file('a.ts', `import '${'a'.repeat(60)}';`), file('a.py', 'def f(:\n')];
  const outcomes = await runChecks({ ...nothing, files, boundaries }, { milliseconds: 2_000 });
  expect(outcomes.map(({ code, result }) => [code, result])).toEqual([
    ['A0', 'FAIL'],
    ['A4', 'ERROR'],
    ['A9', 'FAIL'],
    ['P1', 'WARN'],
    ['T1', 'FAIL'],
    ['W1', 'PASS'],
  ]);
  expect(outcomes[1]?.detail).toContain('took too long');
});

test('an audit that nobody waits for any more ends at once', async () => {
  const stop = new AbortController();
  const audit = runChecks({ ...nothing, files: [file('a.ts')] }, { signal: stop.signal });
  stop.abort();
  await expect(audit).rejects.toThrow('ended before its time');
});
