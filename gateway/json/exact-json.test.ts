import { describe, expect, test } from '@jest/globals';
import { ExactNumber, finishJson, parseJson } from './exact-json.js';

const again = (text: string) => finishJson(JSON.stringify(parseJson(text)));

describe('numbers that a double would change', () => {
  test.each([
    '9007199254740993',
    '-9223372036854775808',
    '18446744073709551616',
    '0.1234567890123456789',
    '123456789012345678901234567890.5',
    '9007199254740993.0',
    '9.007199254740993e15',
    '-900719925474099.3e1',
    '12345678901234569e3',
    '123456789012.3456789012345',
    '0.10000000000000001',
    '1234567890123456e400',
    '1234567890123456E-400',
  ])('are written as they were read: %s', (number) => {
    for (const text of [number, `[${number}]`, `{"a":{"b":[1,${number},"x"]}}`, `{"q\\"":"\\\\","n":${number}}`]) {
      expect(again(text)).toBe(text);
    }
  });

  test.each<[string, unknown]>([
    ['9007199254740992', 9_007_199_254_740_992],
    ['0.30000000000000004', 0.300_000_000_000_000_04],
    ['0.0000012345678901234567', 0.000_001_234_567_890_123_456_7],
    ['10000000000000000000', 10_000_000_000_000_000_000],
    ['1.50', 1.5],
    ['1.50000000000000000000000', 1.5],
    ['9007199254740992.0', 9_007_199_254_740_992],
    ['900719925474099200000e-5', 9_007_199_254_740_992],
    ['-1.2345678901234566E-07', -1.234_567_890_123_456_6e-7],
    ['0.0000000000000000e5', 0],
  ])('are none that a double prints: %s', (text, value) => {
    expect(parseJson(`[${text}]`)).toEqual([value]);
  });

  test('are found wherever they stand', () => {
    for (let before = 0; before < 40; before++) {
      const text = `["${'x'.repeat(before)}",${'1,'.repeat(before % 5)}9007199254740993]`;
      expect(again(text)).toBe(text);
    }
  });

  test('are no texts, keys or parts of either', () => {
    const text =
      '{"9007199254740993":"9007199254740993","a":"x \\"9007199254740993","b":"\\\\","c":["9007199254740993",9007199254740993]}';
    expect(again(text)).toBe(text);
    const { c } = parseJson(text) as { c: unknown[] };
    expect(c).toEqual(['9007199254740993', new ExactNumber('9007199254740993')]);
  });

  test('leave a key __proto__ the own key that it is', () => {
    const value = parseJson('{"__proto__":9007199254740993,"a":{"__proto__":{"b":9007199254740993}}}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(finishJson(JSON.stringify(value))).toBe(
      '{"__proto__":9007199254740993,"a":{"__proto__":{"b":9007199254740993}}}',
    );
  });

  test.each([
    '[09007199254740993]',
    '[9007199254740993.]',
    '[9007199254740993e]',
    '[+9007199254740993]',
    '[- 9007199254740993]',
    '{9007199254740993:1}',
    '[9007199254740993 9007199254740993]',
    '["9007199254740993]',
    '"\\"9007199254740993',
    '[9007199254740993',
    'x9007199254740993',
  ])('make no JSON of what is none: %s', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  test('may be nested deeper than the stack', () => {
    const depth = 200_000;
    expect(() => parseJson(`${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`)).not.toThrow();
  });
});
