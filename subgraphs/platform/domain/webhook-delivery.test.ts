import { expect, test } from '@jest/globals';
import { outcomeOf, retryAfterMs, retryDelayMs } from './webhook-delivery.js';

test('delays double up to an hour, and are spread over the upper half', () => {
  expect([1, 2, 3, 20].map((attempts) => retryDelayMs(attempts, 1))).toEqual([2_000, 4_000, 8_000, 3_600_000]);
  expect([1, 2, 3, 20].map((attempts) => retryDelayMs(attempts, 0))).toEqual([1_000, 2_000, 4_000, 1_800_000]);
});

test('only 2xx has taken a message, and only 410 wants no more', () => {
  expect([200, 204, 299, 301, 307, 400, 410, 429, 500].map(outcomeOf)).toEqual([
    ...Array<string>(3).fill('DELIVERED'),
    ...Array<string>(3).fill('FAILED'),
    'GONE',
    ...Array<string>(2).fill('FAILED'),
  ]);
});

test('Retry-After is heeded as seconds or a date, within an hour', () => {
  const now = Date.parse('2026-12-01T10:00:00Z');
  const headers = [
    '120',
    'Tue, 01 Dec 2026 10:01:00 GMT',
    'Tue, 01 Dec 2026 09:00:00 GMT',
    '99999999',
    'soon',
    undefined,
  ];
  expect(headers.map((header) => retryAfterMs(header, now))).toEqual([120_000, 60_000, 0, 3_600_000, 0, 0]);
});
