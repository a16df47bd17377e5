/** For programs of tests that are killed: what they told is with the reader before they go on. */
import { writeSync } from 'node:fs';

/** Waits while the reader is behind: a pipe that is full refuses. */
export function tell(line: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let rest = Buffer.from(`${line}\n`); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
