/** The thread that checks run in: tells what it is about to do, so that who waits knows which check takes too long. */
import { parentPort, workerData } from 'node:worker_threads';
import { judge, prepare, type AuditSubject, type CheckOutcome } from '../domain/audit/index.js';
import { loadReaders } from './grammars.js';

export interface Task {
  readonly subject: AuditSubject;
  /** Checks that another thread has done, or broke off at. */
  readonly skip: number;
}

export type Word =
  | { readonly kind: 'begins'; readonly code: string; readonly name: string }
  | { readonly kind: 'outcome'; readonly outcome: CheckOutcome }
  | { readonly kind: 'fault'; readonly fault: unknown }
  | { readonly kind: 'done' };

const { subject, skip } = workerData as Task;
const tell = (word: Word): void => parentPort?.postMessage(word);

const prepared = prepare(subject, await loadReaders());
for (const check of prepared.checks.slice(skip)) {
  tell({ kind: 'begins', code: check.code, name: check.name });
  tell({ kind: 'outcome', outcome: await judge(check, prepared, (error) => tell({ kind: 'fault', fault: error })) });
}
tell({ kind: 'done' });
