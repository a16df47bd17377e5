import { describe, expect, test } from '@jest/globals';
import { parseValue } from 'graphql';
import { scalars } from './index.js';

const scalar = (name: string) => {
  const found = scalars[name];
  if (found === undefined) throw new Error(`no scalar ${name}`);
  return found;
};

describe('DateTime', () => {
  test('goes out as the text that the row has, microseconds and all', () => {
    expect(scalar('DateTime').serialize('2026-11-21T05:46:45.123456Z')).toBe('2026-11-21T05:46:45.123456Z');
    expect(scalar('DateTime').serialize(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });

  test('comes in with any offset, as a value or a literal', () => {
    expect(scalar('DateTime').parseValue('2026-11-21T06:46:45+01:00')).toBe('2026-11-21T05:46:45.000Z');
    expect(scalar('DateTime').parseLiteral(parseValue('"2026-11-21T05:46:45Z"'))).toBe('2026-11-21T05:46:45.000Z');
  });

  test('comes in as exactly the moment that went out, so that a filter by it finds its row', () => {
    expect(scalar('DateTime').parseValue('2026-11-21T05:46:45.123456Z')).toBe('2026-11-21T05:46:45.123456Z');
    expect(scalar('DateTime').parseLiteral(parseValue('"2026-11-21T06:46:45.1234567+01:00"'))).toBe(
      '2026-11-21T05:46:45.123456Z',
    );
  });

  test.each(['9999-12-31T23:59:59-12:00', '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+12:00'])(
    'refuses %j, which no timestamp of the database can hold',
    (value) => {
      expect(() => scalar('DateTime').parseValue(value)).toThrow('Expected a date and time by RFC 3339');
    },
  );

  test.each(['yesterday', '2026-11-21', '2026-02-30T00:00:00Z', {}, ''])('refuses %j', (value) => {
    expect(() => scalar('DateTime').parseValue(value)).toThrow();
  });
});

describe('BigInt', () => {
  test.each([
    [1, 1],
    [2n ** 53n, '9007199254740992'],
    ['9223372036854775807', '9223372036854775807'],
    [-5n, -5],
  ])('goes out as JSON that loses nothing: %p', (value, shown) => {
    expect(scalar('BigInt').serialize(value)).toBe(shown);
  });

  test.each([1.5, '1.5', 'x', '', null, 1e300, true, {}])('refuses %j', (value) => {
    expect(() => scalar('BigInt').parseValue(value)).toThrow('Expected a whole number');
  });

  test.each(['9223372036854775808', '-9223372036854775809', '9'.repeat(40)])(
    'refuses %j, which has no column',
    (value) => {
      expect(() => scalar('BigInt').parseValue(value)).toThrow('at most 64 bits');
    },
  );

  test('comes in as a literal of either form', () => {
    expect(scalar('BigInt').parseLiteral(parseValue('12'))).toBe(12);
    expect(scalar('BigInt').parseLiteral(parseValue('"9223372036854775807"'))).toBe(9223372036854775807n);
    expect(() => scalar('BigInt').parseLiteral(parseValue('1.5'))).toThrow('Expected a whole number');
  });
});

describe('URL', () => {
  test('takes web addresses alone', () => {
    expect(scalar('URL').parseValue('https://example.com/a?b')).toBe('https://example.com/a?b');
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'nonsense'])('refuses %s', (value) => {
    expect(() => scalar('URL').parseValue(value)).toThrow();
  });
});

describe('NonNegativeInt', () => {
  test('comes in as a value or a literal', () => {
    expect(scalar('NonNegativeInt').parseValue(2_147_483_647)).toBe(2_147_483_647);
    expect(scalar('NonNegativeInt').parseLiteral(parseValue('0'))).toBe(0);
  });

  test.each([2_147_483_648, 1e308, -1, 1.5, '5', null])('refuses %j', (value) => {
    expect(() => scalar('NonNegativeInt').parseValue(value)).toThrow('from 0 to 2147483647');
  });

  test.each(['2147483648', '-1', '1.5', '"5"'])('refuses the literal %s', (literal) => {
    expect(() => scalar('NonNegativeInt').parseLiteral(parseValue(literal))).toThrow('from 0 to 2147483647');
  });
});
