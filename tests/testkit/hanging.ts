/** Work that could hold the thread: jest's own time limit is a timer, which gets no turn before such work ends. */
import { setTimeout } from 'node:timers/promises';

/** What the work gives. The test that waits for it fails at jest's time limit, also when the thread was held beyond it. */
export async function unlessHanging<T>(work: () => T | Promise<T>): Promise<T> {
  const result = await work();
  await setTimeout();
  return result;
}
