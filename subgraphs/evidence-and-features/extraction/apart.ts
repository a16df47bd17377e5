/** All but small files are read in a thread of their own, with a limit of time: this one has requests to answer. */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Extraction } from '../domain/document-reading.js';
import { ExtractionError } from '../domain/extracted-evidence.js';
import { readDocument, type Source } from './index.js';

export interface ExtractionLimits {
  /** Files up to this are read at once, where they are: a thread takes longer to start (bytes). */
  readonly smallFile: number;
  readonly timeMs: number;
}

/**
 * Written to be slow, 5 KB of Markdown take 0.3 s and 20 KB take 4.4: the parser's time grows with the square of a paragraph.
 * Memory is bounded by the size of a file: a thread past a limit takes its process along.
 */
const defaultLimits: ExtractionLimits = { smallFile: 5_000, timeMs: 120_000 };

/** What the thread says at its end. */
export type Outcome = { readonly extraction: Extraction } | { readonly refusal: string } | { readonly fault: string };

/** As {@link readDocument}. Ends early when `signal` aborts. */
export async function extractApart(
  source: Source,
  signal: AbortSignal,
  limits: ExtractionLimits = defaultLimits,
): Promise<Extraction> {
  const { smallFile, timeMs } = limits;
  if (source.bytes.length <= smallFile) return readDocument(source);
  const outcome = await runThread(source, timeMs, signal);
  if ('extraction' in outcome) return outcome.extraction;
  if ('refusal' in outcome) throw new ExtractionError(outcome.refusal);
  throw new Error(outcome.fault);
}

function runThread(source: Source, timeMs: number, signal: AbortSignal): Promise<Outcome> {
  const thread = startThread({ workerData: source, stdout: true, stderr: true });
  return new Promise<Outcome>((resolve, reject) => {
    const stop = (): void => {
      void thread.terminate();
      resolve({ refusal: `The file takes longer to read than ${timeMs / 1_000} s.` });
    };
    if (signal.aborted) return stop();
    // No AbortSignal.timeout: inside AbortSignal.any nothing holds it, and once it is collected it never fires.
    const timer = setTimeout(stop, timeMs);
    signal.addEventListener('abort', stop, { once: true });
    thread.once('message', resolve);
    thread.once('exit', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ fault: 'the thread ended without a word' });
    });
    thread.once('error', reject);
  });
}

/** Uncompiled, as in tests, a thread has to be told of TypeScript first. */
function startThread(options: WorkerOptions): Worker {
  if (import.meta.url.endsWith('.js')) return new Worker(new URL('./thread.js', import.meta.url), options);
  const file = JSON.stringify(new URL('./thread.ts', import.meta.url).href);
  const source = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(source, { ...options, eval: true });
}
