import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areAllPublic, checkAddress } from './addresses.js';
import { checkPublicUrl } from './public-url.js';

const ports = [80, 443];

/** Written down from the IANA registries of special-purpose addresses, apart from the library that the rules use. */
const specialIpv4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (n: number): string => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.');
const isSpecial = (n: number): boolean =>
  specialIpv4.some(
    ([base, bits]) => Math.floor(n / 2 ** (32 - bits)) === Math.floor(toNumber(base) / 2 ** (32 - bits)),
  );

const anyIpv4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const specialAddress = fc
  .constantFrom(...specialIpv4)
  .chain(([base, bits]) => fc.integer({ min: 0, max: 2 ** (32 - bits) - 1 }).map((offset) => toNumber(base) + offset));

describe('addresses', () => {
  test('an IPv4 address in a special range is not public, however deep in it', () => {
    fc.assert(
      fc.property(specialAddress, (n) => !checkAddress(toText(n)).isPublic),
      { seed: 1, numRuns: 500 },
    );
  });

  test('an IPv4 address outside of the special ranges is public, but for two small ones that serve name resolution and tunnels', () => {
    const infrastructure = /^192\.(175\.48|31\.196|52\.193)\./;
    fc.assert(
      fc.property(
        anyIpv4.filter((n) => !isSpecial(n) && !infrastructure.test(toText(n))),
        (n) => checkAddress(toText(n)).isPublic,
      ),
      { seed: 2, numRuns: 500 },
    );
  });

  test('an IPv6 address that carries an IPv4 address is not public, whichever it carries', () => {
    const forms = [
      (text: string) => `::ffff:${text}`,
      (text: string) => `::${text}`,
      (text: string) => `64:ff9b::${text}`,
      (text: string) => `64:ff9b:1::${text}`,
      (text: string) => `::ffff:0:${text}`,
      (text: string) => `2001:470:1:2:0:5efe:${text}`,
    ];
    fc.assert(
      fc.property(anyIpv4, fc.constantFrom(...forms), (n, form) => !checkAddress(form(toText(n))).isPublic),
      { seed: 3, numRuns: 500 },
    );
  });

  test('one address that is not public spoils all', () => {
    const good = fc.array(
      anyIpv4.filter((n) => checkAddress(toText(n)).isPublic),
      { minLength: 0, maxLength: 5 },
    );
    fc.assert(
      fc.property(good, specialAddress, fc.nat(5), (others, bad, at) => {
        const addresses = others.map(toText);
        addresses.splice(Math.min(at, addresses.length), 0, toText(bad));
        return !areAllPublic(addresses);
      }),
      { seed: 4 },
    );
  });

  test('no address is no public address', () => expect(areAllPublic([])).toBe(false));
});

describe('URLs', () => {
  test('any number written as a host is refused unless it is a public address in dotted decimals', () => {
    const written = anyIpv4.chain((n) =>
      fc.constantFrom(
        String(n),
        `0x${n.toString(16)}`,
        `0${n.toString(8)}`,
        toText(n).replace(/\.(\d+)\.(\d+)$/, (_, a, b) => `.${Number(a) * 256 + Number(b)}`),
      ),
    );
    fc.assert(
      fc.property(written, (host) => !checkPublicUrl(`http://${host}/`, ports).isAllowed),
      { seed: 5, numRuns: 500 },
    );
  });

  test('no text throws, and what is allowed is allowed again as it is stored, and leads to the same place', () => {
    const parts = fc.constantFrom(
      'http',
      'https',
      ':',
      '//',
      '/',
      '@',
      '\\',
      '.',
      '[',
      ']',
      '::1',
      '127.0.0.1',
      'a.example',
      'localhost',
      '%2e',
      '。',
      '\u00ad',
      '?',
      '#',
      ' ',
      ':80',
      'xn--',
      'é',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.array(parts, { maxLength: 8 }).map((some) => `http://${some.join('')}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const verdict = checkPublicUrl(text, ports);
        if (!verdict.isAllowed) return true;
        const again = checkPublicUrl(verdict.url.href, ports);
        return (
          again.isAllowed &&
          JSON.stringify(again.url) === JSON.stringify(verdict.url) &&
          new URL(verdict.url.href).username === ''
        );
      }),
      { seed: 6, numRuns: 3_000 },
    );
  });

  test('a refusal never repeats what was sent', () => {
    const verdict = checkPublicUrl('http://user:hunter2@shop.example/?token=hunter2', ports);
    expect(JSON.stringify(verdict)).not.toContain('hunter2');
  });
});
