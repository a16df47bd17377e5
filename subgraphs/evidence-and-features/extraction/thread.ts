/** The thread of one extraction. */
import { parentPort, workerData } from 'node:worker_threads';
import { ExtractionError } from '../domain/extracted-evidence.js';
import type { Outcome } from './apart.js';
import { extractEvidence, type TextType } from './index.js';

const { type, bytes } = workerData as { readonly type: TextType; readonly bytes: Uint8Array };

async function outcomeOf(): Promise<Outcome> {
  try {
    return { evidence: await extractEvidence(type, bytes) };
  } catch (error) {
    if (error instanceof ExtractionError) return { refusal: error.message };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.postMessage(await outcomeOf());
