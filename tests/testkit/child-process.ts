/** A program of a test's own in a process of its own, to be killed without warning. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { packagePath } from '../../subgraphs/kernel/config/index.js';

export interface ChildProgram {
  readonly pid: number;
  /** Lines of its standard output; ends when it has ended and everything was read. */
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it as a power cut would: nothing of it runs any more. */
  kill(): Promise<void>;
  /** Its exit code (null when it was killed) and what it wrote to standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** Runs a TypeScript file of this package: `startProgram(['tests', 'durability', 'writer.ts'], [folder])`. */
export function startProgram(
  path: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProgram {
  const child = spawn(process.execPath, ['--import', 'tsx', packagePath(...path), ...args], {
    cwd: packagePath(),
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, errors }));
  return {
    pid: child.pid ?? 0,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
