import { expect, test } from '@jest/globals';
import { parseUrl } from './parse-url.js';

test('a name outside of ASCII is read as well the 20,000th time, when the code is hot', () => {
  const hosts = new Set(Array.from({ length: 20_000 }, () => parseUrl('https://b\u00fccher.example/')?.hostname));
  expect([...hosts]).toEqual(['xn--bcher-kva.example']);
});

test('what is no URL is null', () => {
  expect(parseUrl('https://')).toBeNull();
  expect(parseUrl('/a', 'https://example.com/b')?.href).toBe('https://example.com/a');
});
