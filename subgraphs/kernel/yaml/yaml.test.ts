import { expect, test } from '@jest/globals';
import { findDeeper } from './index.js';

test.each([
  ['sequences in a line', (levels: number) => `${'- '.repeat(levels)}a`],
  ['sequences by indentation', (levels: number) => lines(Math.min(levels, 500), '-')],
  ['mappings', (levels: number) => `${lines(Math.min(levels, 500), 'a:')} b`],
  ['flow sequences', (levels: number) => `${'['.repeat(levels)}a${']'.repeat(levels)}`],
  ['flow sequences without an end', (levels: number) => '['.repeat(levels)],
  ['flow mappings', (levels: number) => '{a: '.repeat(levels)],
  ['explicit keys', (levels: number) => '? '.repeat(levels)],
])('%s are counted, and 100,000 of them cost no stack', (_name, nested) => {
  expect(findDeeper(nested(10), 10)).toBeNull();
  expect(findDeeper(nested(14), 10)).toBeGreaterThan(10);
  expect(findDeeper(nested(100_000), 100)).toBeLessThan(20_000);
});

test('what stands beside each other, or inside a text, does not nest', () => {
  expect(findDeeper('a: 1\n'.repeat(1_000), 1)).toBeNull();
  expect(findDeeper(`a: |\n  ${'- '.repeat(1_000)}\nb: "${'['.repeat(1_000)}"`, 1)).toBeNull();
});

function lines(levels: number, text: string): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}${text}`).join('\n');
}
