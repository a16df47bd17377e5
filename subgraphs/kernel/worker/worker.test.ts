import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { userError } from '../errors/index.js';
import { LeaseKeeper, WorkLoop, type WorkLoopOptions } from './index.js';

interface Bench {
  readonly loop: WorkLoop<number>;
  readonly failures: string[];
  readonly done: number[];
  /** The most that were worked on at once. */
  most: number;
}

/** Works off the numbers below `jobs`; those that are odd break off. */
function bench(jobs: number, options: Partial<WorkLoopOptions<number>> = {}): Bench {
  const waiting = Array.from({ length: jobs }, (_, job) => job);
  const [failures, done, state] = [[] as string[], [] as number[], { running: 0, most: 0 }];
  const loop = new WorkLoop<number>({
    concurrency: 3,
    pollMs: 1,
    take: async (limit, start) => waiting.splice(0, limit).forEach(start),
    perform: async (job) => {
      state.most = Math.max(state.most, (state.running += 1));
      await turn();
      state.running -= 1;
      if (job % 2 === 1) throw new Error('odd');
      done.push(job);
    },
    onTakeFailed: (error) => void failures.push(String(error)),
    onBrokeOff: (job, error) => void failures.push(`${job} ${String(error)}`),
    ...options,
  });
  return {
    loop,
    failures,
    done,
    get most() {
      return state.most;
    },
  };
}

describe('a worker', () => {
  test('works off what there is, never on more than its concurrency allows, and goes on when a job breaks off', async () => {
    const made = bench(10);
    expect(await made.loop.drain()).toBe(10);
    expect(made.most).toBe(3);
    expect([made.done, made.failures]).toEqual([[0, 2, 4, 6, 8], [1, 3, 5, 7, 9].map((job) => `${job} Error: odd`)]);
  });

  test('goes on when nothing can be claimed for a while, and ends with its jobs under way', async () => {
    const stop = new AbortController();
    let asked = 0;
    const ended: string[] = [];
    const made = bench(0, {
      take: async (_limit, start) => {
        asked += 1;
        if (asked < 3) throw new Error('no database');
        start(7);
        stop.abort();
      },
      perform: async () => {
        await turn();
        ended.push('job');
      },
    });
    await made.loop.run(stop.signal);
    expect([asked, made.failures, ended]).toEqual([3, ['Error: no database', 'Error: no database'], ['job']]);
  });

  test('keeps its lease through a beat that fails, and stops when it is told that the lease is lost', async () => {
    let beats = 0;
    const keeper = new LeaseKeeper(0.006, () => {
      beats += 1;
      if (beats === 1) return Promise.reject(new Error('no database'));
      return Promise.resolve({ userErrors: beats === 2 ? [] : userError('LEASE_EXPIRED', null, 'over').userErrors });
    });
    await new Promise((resolve) => keeper.signal.addEventListener('abort', resolve));
    keeper.stop();
    expect(beats).toBe(3);
  });
});
