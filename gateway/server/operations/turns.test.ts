import { expect, test } from '@jest/globals';
import { Turns } from './turns.js';

const busy = (milliseconds: number) => () => {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
};

test('one is prepared at a time, callers in turn, and who has gone is left out', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const gone = new AbortController();
  const take = (caller: string, name: string, signal?: AbortSignal) =>
    turns.take(caller, () => (busy(1)(), void order.push(name)), signal);
  const all = [
    take('a', 'a1'),
    take('a', 'a2'),
    take('a', 'a3'),
    take('a', 'never', gone.signal),
    take('a', 'a4'),
    take('b', 'b1'),
  ];
  gone.abort();
  // The first at once, the others after it has left time for everybody else.
  expect(order).toEqual(['a1']);
  await Promise.all(all);
  expect(order).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
});

test('between two there is time for others', async () => {
  const turns = new Turns();
  const first = turns.take('a', busy(20), undefined);
  let others = 0;
  const timer = setInterval(() => (others += 1), 1);
  await Promise.all([first, turns.take('a', busy(1), undefined)]);
  clearInterval(timer);
  expect(others).toBeGreaterThan(5);
});

test('more of one caller than can wait are refused, and nobody else’s', async () => {
  const turns = new Turns();
  const taken = Array.from({ length: 201 }, () => turns.take('a', busy(0), undefined));
  await expect(turns.take('a', busy(0), undefined)).rejects.toMatchObject({ code: 'SERVER_BUSY' });
  await turns.take('b', busy(0), undefined);
  await Promise.all(taken);
});
