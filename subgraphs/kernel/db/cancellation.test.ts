import { describe, expect, jest, test } from '@jest/globals';
import { CancellableDriver } from './cancellation.js';
import type { Driver } from './database.js';

describe('the statement of a caller who has gone', () => {
  test('is cancelled again only when the cancel before was sent, and not once it has ended', async () => {
    jest.useFakeTimers();
    try {
      const sent: (() => void)[] = [];
      let fail = (_error: Error): void => undefined;
      const driver = { query: () => new Promise((_resolve, reject) => (fail = reject)) } as unknown as Driver;
      const caller = new AbortController();
      const cancellable = new CancellableDriver(driver, {
        signal: caller.signal,
        sendCancel: () => new Promise((resolve) => sent.push(resolve)),
      });
      const running = cancellable.query('select 1');
      running.catch(() => undefined);
      caller.abort();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(sent).toHaveLength(1);
      sent[0]?.();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(sent).toHaveLength(2);
      fail(Object.assign(new Error('cancelled'), { code: '57014' }));
      await expect(running).rejects.toMatchObject({ code: 'TIMEOUT' });
      sent[1]?.();
      await cancellable.settled();
      await jest.advanceTimersByTimeAsync(2_000);
      expect(sent).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
