/** When to try again, and after how long. */
import { setTimeout as wait } from 'node:timers/promises';

const firstWaitMilliseconds = 50;
const longestWaitMilliseconds = 2_000;

/** A proxy's ways to say that the subgraph is restarting. */
export function isTransientStatus(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** Exponential with full jitter, so that a thousand requests that failed together don't come back together. */
export function waitBefore(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(longestWaitMilliseconds, firstWaitMilliseconds * 2 ** attempt);
}

/** False when `endsAt` (of `performance.now()`) comes first, or the caller has gone. */
export async function backOff(attempt: number, endsAt: number, signal: AbortSignal | undefined): Promise<boolean> {
  const milliseconds = waitBefore(attempt);
  if (performance.now() + milliseconds >= endsAt) return false;
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}
