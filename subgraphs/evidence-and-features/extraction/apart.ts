/** Large files are read in a thread of their own, with a limit of memory and of time: this one has requests to answer. */
import { Worker } from 'node:worker_threads';
import { ExtractionError, type ExtractedEvidence } from '../domain/extracted-evidence.js';
import { extractEvidence, type TextType } from './index.js';

export interface ExtractionLimits {
  /** Files up to this are read at once, where they are: a thread takes longer to start (bytes). */
  readonly smallFile: number;
  readonly memoryMb: number;
  readonly timeMs: number;
}

/** 0.4 MB of YAML take about half a second; 10 MB of it take 300 MB of memory. */
const defaultLimits: ExtractionLimits = { smallFile: 100_000, memoryMb: 1_024, timeMs: 120_000 };

/** What the thread says at its end. */
export type Outcome =
  { readonly evidence: ExtractedEvidence[] } | { readonly refusal: string } | { readonly fault: string };

/** As {@link extractEvidence}. Ends early when `signal` aborts. */
export async function extractApart(
  type: TextType,
  bytes: Uint8Array,
  signal: AbortSignal,
  limits: ExtractionLimits = defaultLimits,
): Promise<ExtractedEvidence[]> {
  if (bytes.length <= limits.smallFile) return extractEvidence(type, bytes);
  const outcome = await runThread(type, bytes, AbortSignal.any([signal, AbortSignal.timeout(limits.timeMs)]), limits);
  if ('evidence' in outcome) return outcome.evidence;
  if ('refusal' in outcome) throw new ExtractionError(outcome.refusal);
  throw new Error(outcome.fault);
}

function runThread(
  type: TextType,
  bytes: Uint8Array,
  signal: AbortSignal,
  { memoryMb, timeMs }: ExtractionLimits,
): Promise<Outcome> {
  // Uncompiled, as in tests, the thread needs the loader of TypeScript that this one has.
  const isCompiled = import.meta.url.endsWith('.js');
  const thread = new Worker(new URL(isCompiled ? './thread.js' : './thread.ts', import.meta.url), {
    workerData: { type, bytes },
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    execArgv: isCompiled ? [] : ['--import', 'tsx'],
    stdout: true,
    stderr: true,
  });
  return new Promise<Outcome>((resolve, reject) => {
    const stop = (): void => {
      void thread.terminate();
      resolve({ refusal: `The file takes longer to read than ${timeMs / 1_000} s.` });
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    thread.once('message', resolve);
    thread.once('exit', () => {
      signal.removeEventListener('abort', stop);
      resolve({ fault: 'the thread ended without a word' });
    });
    thread.once('error', (error: NodeJS.ErrnoException) => {
      const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (isTooLarge) resolve({ refusal: 'The file takes more memory to read than there is for one.' });
      else reject(error);
    });
  });
}
