import { describe, expect, test } from '@jest/globals';
import { assertTimetable, dueTimes, nextTime, type CatchUp } from './schedule-times.js';

/** All times from `from` up to `to`, each found from the one before, as a process finds them. */
function times(cron: string, timeZone: string, from: string, to: string): string[] {
  const found: string[] = [];
  for (let at = nextTime({ cron, timeZone }, new Date(from)); at !== null && at <= new Date(to);) {
    found.push(at.toISOString().slice(0, 16));
    at = nextTime({ cron, timeZone }, at);
  }
  return found;
}

describe('where a clock is put forward (29 March 2026, 2:00 becomes 3:00 in Prague)', () => {
  test('a time that does not exist is due once, as the clock is put forward', () => {
    expect(times('30 2 * * *', 'Europe/Prague', '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]);
  });

  test('every half hour goes on as hours pass', () => {
    expect(times('*/30 * * * *', 'Europe/Prague', '2026-03-29T00:00Z', '2026-03-29T02:00Z')).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-29T02:00',
    ]);
  });
});

describe('where it is put back (25 October 2026, 3:00 becomes 2:00)', () => {
  test('a time that comes twice is due once', () => {
    expect(times('30 2 * * *', 'Europe/Prague', '2026-10-24T00:00Z', '2026-10-27T00:00Z')).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  test('every half hour goes on as hours pass', () => {
    expect(times('*/30 * * * *', 'Europe/Prague', '2026-10-24T23:59Z', '2026-10-25T02:00Z')).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ]);
  });

  test('from whichever moment it is looked for, the next time is later and of the same series', () => {
    const series = times('*/7 1-3 * * *', 'Europe/Prague', '2026-10-24T20:00Z', '2026-10-25T06:00Z');
    for (let at = Date.parse('2026-10-24T22:00Z'); at < Date.parse('2026-10-25T04:00Z'); at += 61_000) {
      const next = nextTime({ cron: '*/7 1-3 * * *', timeZone: 'Europe/Prague' }, new Date(at));
      expect(next?.getTime()).toBeGreaterThan(at);
      expect(series.find((time) => Date.parse(`${time}Z`) > at) ?? next?.toISOString().slice(0, 16)).toBe(
        next?.toISOString().slice(0, 16),
      );
    }
  });
});

describe('times that were missed', () => {
  const timetable = { cron: '0 * * * *', timeZone: 'UTC' };
  const due = (catchUp: CatchUp, now: string) => {
    const { fire, next } = dueTimes(timetable, catchUp, { due: new Date('2026-12-01T01:00Z'), now: new Date(now) });
    return [fire.map((time) => time.toISOString().slice(11, 16)), next?.toISOString().slice(11, 16)];
  };

  test.each<[CatchUp, string, unknown]>([
    ['NONE', '2026-12-01T01:00:05Z', [['01:00'], '02:00']],
    ['LATEST', '2026-12-01T01:00:05Z', [['01:00'], '02:00']],
    ['ALL', '2026-12-01T01:00:05Z', [['01:00'], '02:00']],
    ['NONE', '2026-12-01T04:30Z', [[], '05:00']],
    ['NONE', '2026-12-01T04:00:30Z', [['04:00'], '05:00']],
    ['LATEST', '2026-12-01T04:30Z', [['04:00'], '05:00']],
    ['ALL', '2026-12-01T04:30Z', [['01:00', '02:00', '03:00', '04:00'], '05:00']],
  ])('%s at %s', (catchUp, now, expected) => {
    expect(due(catchUp, now)).toEqual(expected);
  });

  test('all of a long absence are taken in parts, and the latest is found without going through them', () => {
    const everyMinute = { cron: '* * * * *', timeZone: 'UTC' };
    const absence = { due: new Date('2020-01-01T00:00Z'), now: new Date('2026-01-01T00:00:30Z') };
    const { fire, next } = dueTimes(everyMinute, 'ALL', absence);
    expect([fire.length, next]).toEqual([20, new Date('2020-01-01T00:20Z')]);
    expect(dueTimes(everyMinute, 'LATEST', absence)).toEqual({
      fire: [new Date('2026-01-01T00:00Z')],
      next: new Date('2026-01-01T00:01Z'),
    });
  });
});

test.each([
  ['* * * * * *', 'UTC'],
  ['61 * * * *', 'UTC'],
  ['nonsense', 'UTC'],
  ['0 0 31 2 *', 'UTC'],
  ['* * * * *', 'Mars/Olympus'],
])('%s in %s is refused', (cron, timeZone) => {
  expect(() => assertTimetable({ cron, timeZone })).toThrow(/VALIDATION/);
});
