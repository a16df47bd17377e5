/** Checks run in a thread with a limit of time each: what they read was written by others, and globs may backtrack for hours. */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { brokenOff, type AuditSubject, type CheckOutcome } from '../domain/audit/index.js';
import type { Task, Word } from './thread.js';

/** Audits at a time in one process: each holds a core. The others wait for their turn. */
const mostAtOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

export interface RunOptions {
  /** For each check. */
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  /** Told of what broke inside of a check, which its outcome doesn't tell. */
  readonly onFault?: (error: unknown) => void;
}

/** Every check judges, whatever the others found. */
export async function runChecks(subject: AuditSubject, options: RunOptions = {}): Promise<CheckOutcome[]> {
  if (running >= mostAtOnce) await new Promise<void>((resolve) => void waiting.push(resolve));
  running += 1;
  try {
    return await run(subject, { milliseconds: timeFor(subject), ...options });
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Ten times what a check takes. */
function timeFor({ files }: AuditSubject): number {
  return 10_000 + Math.ceil(files.reduce((sum, { content }) => sum + content.length, 0) / 500);
}

/** Checks of which each may take all its time. */
const mostBroken = 5;

async function run(subject: AuditSubject, options: RunOptions & { milliseconds: number }): Promise<CheckOutcome[]> {
  const outcomes: CheckOutcome[] = [];
  for (let broken = 0; broken < mostBroken; broken += 1) {
    const late = await runThread({ subject, skip: outcomes.length }, outcomes, options);
    if (late === null) return outcomes;
    outcomes.push(brokenOff(late, 'The check took too long: a pattern or glob of a contract may be too heavy.'));
  }
  return outcomes;
}

type Begun = Extract<Word, { kind: 'begins' }>;

/** Answers the check that took too long; null when all were done. Rejects when the thread itself breaks. */
function runThread(
  task: Task,
  outcomes: CheckOutcome[],
  { milliseconds, signal, onFault }: RunOptions & { milliseconds: number },
): Promise<Begun | null> {
  const thread = startThread({ workerData: task, stdout: true, stderr: true });
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => void thread.terminate();
  return new Promise<Begun | null>((resolve, reject) => {
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    thread.on('message', (word: Word) => {
      if (word.kind === 'fault') return onFault?.(word.fault);
      clearTimeout(timer);
      if (word.kind === 'outcome') outcomes.push(word.outcome);
      else if (word.kind === 'begins') timer = setTimeout(() => resolve(word), milliseconds);
      else resolve(null);
    });
    thread.once('error', reject);
    thread.once('exit', () => {
      reject(new Error('the thread of an audit ended before its time'));
    });
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    void thread.terminate();
  });
}

/** Uncompiled, as in tests, a thread has to be told of TypeScript first. */
function startThread(options: WorkerOptions): Worker {
  if (import.meta.url.endsWith('.js')) return new Worker(new URL('./thread.js', import.meta.url), options);
  const file = JSON.stringify(new URL('./thread.ts', import.meta.url).href);
  const source = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(source, { ...options, eval: true });
}
