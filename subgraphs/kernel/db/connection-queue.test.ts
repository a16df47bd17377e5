import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ConnectionQueue, type Permit } from './connection-queue.js';
import { systemLane, workerLane, type Lane } from './lane.js';

const of = (caller: string, request = 'r', more: Partial<Lane> = {}): Lane => ({
  kind: 'caller',
  caller,
  request,
  ...more,
});

/** Takes what can be had at once. */
function take(queue: ConnectionQueue, lanes: Iterable<Lane>): Permit[] {
  const permits: Permit[] = [];
  for (const lane of lanes) {
    const permit = queue.acquire(lane);
    if (permit instanceof Promise) permit.catch(() => undefined);
    else permits.push(permit);
  }
  return permits;
}

const many = (lane: (n: number) => Lane, count = 100): Lane[] => Array.from({ length: count }, (_, n) => lane(n));

/** Names in the order in which they got their turn; each gives its connection back at once. */
function turns(queue: ConnectionQueue, lanes: readonly Lane[], label: (lane: Lane) => string): Promise<string[]> {
  const order: string[] = [];
  return Promise.all(
    lanes.map(async (lane) => {
      const permit = await queue.acquire(lane);
      order.push(label(lane));
      permit.release();
    }),
  ).then(() => order);
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('shares', () => {
  test('one caller gets half of what callers can have, with however many requests', () => {
    const queue = new ConnectionQueue({ size: 20, waitMs: 1_000 });
    expect(
      take(
        queue,
        many((n) => of('mallory', `r${n}`)),
      ),
    ).toHaveLength(8);
  });

  test('one request gets a fifth of the connections', () => {
    const queue = new ConnectionQueue({ size: 20, waitMs: 1_000 });
    expect(
      take(
        queue,
        many(() => of('mallory')),
      ),
    ).toHaveLength(4);
  });

  test.each([1, 2, 3, 5, 10, 20, 100])(
    'of %i connections a newcomer always finds one beside one that takes all it can',
    (size) => {
      const queue = new ConnectionQueue({ size, waitMs: 1_000 });
      const taken = take(
        queue,
        many((n) => of('mallory', `r${n}`), 500),
      );
      expect(taken.length).toBeGreaterThan(0);
      if (size > 1) expect(take(queue, [of('victim')])).toHaveLength(1);
    },
  );

  test('callers that nobody knows leave a part to those with a token, however many they are', () => {
    const queue = new ConnectionQueue({ size: 20, waitMs: 1_000 });
    const taken = take(
      queue,
      many((n) => of(`address ${n}`, 'r', { isAnonymous: true })),
    );
    expect(taken).toHaveLength(12);
    expect(take(queue, [of('ada')])).toHaveLength(1);
  });

  test('the system and the workers have connections when callers hold all of theirs, and the other way round', () => {
    const queue = new ConnectionQueue({ size: 20, waitMs: 1_000 });
    expect(
      take(
        queue,
        many((n) => of(`caller ${n}`)),
      ),
    ).toHaveLength(16);
    expect(
      take(
        queue,
        many(() => workerLane),
      ),
    ).toHaveLength(2);
    expect(
      take(
        queue,
        many(() => systemLane),
      ),
    ).toHaveLength(2);
    const other = new ConnectionQueue({ size: 20, waitMs: 1_000 });
    take(
      other,
      many(() => workerLane),
    );
    expect(take(other, [of('ada'), systemLane])).toHaveLength(2);
  });

  test('what is given back is counted once', () => {
    const queue = new ConnectionQueue({ size: 2, waitMs: 1_000 });
    const [permit] = take(queue, [of('ada')]);
    permit?.release();
    permit?.release();
    expect(queue.state).toMatchObject({ inUse: 0, waiting: 0, callers: 0 });
  });
});

describe('turns', () => {
  test('callers take turns, however long the queue of one of them is', async () => {
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000 });
    const [held] = take(queue, [systemLane]);
    const order = turns(
      queue,
      [...many((n) => of('mallory', `r${n}`), 50), of('ada'), of('bob')],
      ({ caller }) => caller,
    );
    held?.release();
    expect((await order).slice(0, 4).sort()).toEqual(['ada', 'bob', 'mallory', 'mallory']);
  });

  test('requests of one caller take turns', async () => {
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000 });
    const [held] = take(queue, [systemLane]);
    const lanes = [...many(() => of('ada', 'large'), 20), of('ada', 'small')];
    const order = turns(queue, lanes, ({ request }) => request);
    held?.release();
    expect((await order).indexOf('small')).toBeLessThan(2);
  });

  test('a transaction that needs a second connection gets the next free one, beyond every share', async () => {
    const queue = new ConnectionQueue({ size: 2, waitMs: 1_000 });
    const [first, other] = take(queue, [of('ada', 'a'), of('bob')]);
    const waiting = queue.acquire(of('carol'));
    const nested = queue.acquire(of('ada', 'a'), true);
    const order: string[] = [];
    void Promise.resolve(waiting).then((permit) => (order.push('carol'), permit.release()));
    const got = Promise.resolve(nested).then((permit) => (order.push('nested'), permit.release()));
    other?.release();
    await got;
    expect(order[0]).toBe('nested');
    first?.release();
  });
});

describe('waiting', () => {
  test('who waits too long is told that the server is busy and when to come again, and it is counted', async () => {
    const busy: string[] = [];
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000, onBusy: ({ caller }) => busy.push(caller) });
    const [held] = take(queue, [of('mallory')]);
    const waiting = expect(queue.acquire(of('ada'))).rejects.toMatchObject({
      code: 'SERVER_BUSY',
      extensions: { code: 'SERVER_BUSY', retryAfterSeconds: expect.any(Number) },
    });
    jest.advanceTimersByTime(1_000);
    await waiting;
    expect(busy).toEqual(['ada']);
    expect(queue.state).toMatchObject({ refused: 1, waiting: 0, callers: 1 });
    held?.release();
    expect(queue.state).toMatchObject({ inUse: 0, callers: 0 });
  });

  test('work of the process itself waits longer than a caller', async () => {
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000, patientWaitMs: 60_000 });
    const [held] = take(queue, [of('mallory')]);
    const waiting = queue.acquire(workerLane);
    jest.advanceTimersByTime(59_000);
    held?.release();
    (await waiting).release();
    expect(queue.state.refused).toBe(0);
  });

  test('who has gone waits no longer, and takes no turn', async () => {
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000 });
    const [held] = take(queue, [of('mallory')]);
    const gone = new AbortController();
    const waiting = expect(queue.acquire(of('ada', 'r', { signal: gone.signal }))).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
    gone.abort();
    await waiting;
    await expect(queue.acquire(of('ada', 'r', { signal: gone.signal }))).rejects.toMatchObject({ code: 'TIMEOUT' });
    held?.release();
    expect(queue.state).toMatchObject({ inUse: 0, waiting: 0, callers: 0 });
  });

  test('a queue without end is refused at once', async () => {
    const queue = new ConnectionQueue({ size: 1, waitMs: 1_000 });
    const [held] = take(queue, [systemLane]);
    take(
      queue,
      many((n) => of('mallory', `r${n}`), 2_000),
    );
    await expect(queue.acquire(of('mallory'))).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(queue.state.waiting).toBe(2_000);
    jest.advanceTimersByTime(1_000);
    held?.release();
    await Promise.resolve();
    expect(queue.state).toMatchObject({ inUse: 0, waiting: 0, callers: 0 });
  });
});
