/** The thread of one extraction. */
import { parentPort, workerData } from 'node:worker_threads';
import { ExtractionError } from '../domain/extracted-evidence.js';
import type { Outcome } from './apart.js';
import { readDocument, type Source } from './index.js';

async function outcomeOf(): Promise<Outcome> {
  try {
    return { extraction: await readDocument(workerData as Source) };
  } catch (error) {
    if (error instanceof ExtractionError) return { refusal: error.message };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.postMessage(await outcomeOf());
