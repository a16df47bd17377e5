import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { checkExpansion } from './expansion.js';
import { defaultLimits } from './limits.js';
import { fragmentsOf } from './selections.js';

function walked(source: string, maxFields = 4): string[] {
  const document = parse(source);
  const definitions = checkExpansion(document, fragmentsOf(document), { ...defaultLimits, maxFields });
  return definitions.map(({ name }) => name?.value ?? '');
}

test('a fragment counts wherever it is spread, and five selections are allowed for each field', () => {
  const spread = (times: number) => `query Q { ${'...F '.repeat(times)} } fragment F on Query { a b c }`;
  expect(walked(spread(5))).toEqual(['Q']);
  expect(() => walked(spread(6))).toThrow(/At most 20 selections/);
});

test('operations and the fragments that none of them reaches count together', () => {
  expect(walked('query A { ...F } query B { ...F } fragment F on Query { a } fragment G on Query { ...F }')).toEqual([
    'A',
    'B',
    'G',
  ]);
  const shared = (operations: number) =>
    `${Array.from({ length: operations }, (_, i) => `query Q${i} { ...F }`).join(' ')} fragment F on Query { a b c d }`;
  expect(walked(shared(4))).toHaveLength(4);
  expect(() => walked(shared(5))).toThrow(/At most 20 selections/);
});

test('a fragment that spreads itself ends the count, as what is for validation to refuse', () => {
  expect(walked('query Q { ...F } fragment F on Query { a ...G } fragment G on Query { b ...F }')).toEqual(['Q']);
});

test('a count that no number holds is refused as fast as any other', () => {
  const doubling = Array.from({ length: 2_000 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
  expect(() => walked(`{ ...F0 } ${doubling.join(' ')} fragment F2000 on Query { a }`)).toThrow(
    /At most 20 selections/,
  );
});
