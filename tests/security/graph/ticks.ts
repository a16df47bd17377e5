/** A source of events: counts up, and then ends, or holds until it is told to stop. */

/** How many sources, and slow queries, run now: a test of a caller that goes away waits for it to fall. */
export const running = { count: 0 };

export function ticks(
  count: number,
  field = 'ticks',
  { hold = false }: { hold?: boolean } = {},
): AsyncIterableIterator<Record<string, unknown>> {
  let number = 0;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  let ended = false;
  running.count += 1;
  const end = () => {
    if (!ended) running.count -= 1;
    ended = true;
    stop();
    return { done: true as const, value: undefined };
  };
  return {
    async next() {
      if (ended) return end();
      if (number === count) {
        if (hold) await stopped;
        return end();
      }
      number += 1;
      return { done: false, value: { [field]: { number, secret: `s${number}`, by: { id: '1' } } } };
    },
    return: () => Promise.resolve(end()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
