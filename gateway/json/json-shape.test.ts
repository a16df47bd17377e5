import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkJsonShape } from './json-shape.js';

const check = (text: string) => () => checkJsonShape(Buffer.from(text));

test('any JSON of ordinary depth passes, whatever stands in its texts', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      checkJsonShape(Buffer.from(text));
    }),
    { seed: 4, numRuns: 500 },
  );
  expect(check(JSON.stringify({ text: '['.repeat(1_000_000), '{[,"\\': ['\\"', '\\\\', '[[["'] }))).not.toThrow();
});

test('brackets within each other are refused at 200 levels, texts between them or not', () => {
  const nested = (levels: number) => `${'{"a\\"[":['.repeat(levels / 2)}${']}'.repeat(levels / 2)}`;
  expect(check(nested(200))).not.toThrow();
  expect(check(nested(202))).toThrow(/200 levels of nested values/);
  expect(check('['.repeat(1_000_000))).toThrow(/200 levels/);
});

test('brackets and values beside each other are refused by their number', () => {
  expect(check(`[${'[],'.repeat(199_998)}[]]`)).not.toThrow();
  expect(check(`[${'{},'.repeat(200_000)}[]]`)).toThrow(/200000 objects and lists/);
  expect(check(`[${'1,'.repeat(2_000_000)}1]`)).not.toThrow();
  expect(check(`[${'1,'.repeat(2_000_001)}1]`)).toThrow(/2000000 values/);
});

test('what is no JSON is left to the parser', () => {
  for (const text of ['', '"', '"\\', ']]]]', '{"a": "b', 'null', '\\"[']) expect(check(text)).not.toThrow();
});
