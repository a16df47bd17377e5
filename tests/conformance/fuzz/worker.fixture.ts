/** The process that runs documents, one at a time: a panic of the native planner ends it and nothing else. */
import { writeDocument, type FuzzDocument } from './document-writer.js';
import { examine, type ExamineOutcome } from './examine.js';
import type { GraphName } from './graph-names.js';
import { startGraph, writingPlaceOf } from './graphs.js';

/** A document by its seed, or one that is given whole. */
export interface WorkerTask {
  readonly seed: number;
  readonly document?: FuzzDocument;
}

const name = process.argv[2] as GraphName;
const place = await writingPlaceOf(name);
const graph = await startGraph(name);

process.on('message', (task: WorkerTask) => {
  const document = task.document ?? writeDocument(place, task.seed);
  examine(graph, document, task.seed).then(
    (outcome) => process.send?.(outcome),
    // An executor never rejects.
    (error: unknown) => process.send?.(rejected(error)),
  );
});

function rejected(error: unknown): ExamineOutcome {
  const received = error instanceof Error ? error.stack : String(error);
  const difference = { kind: 'rejected', expected: null, received } as const;
  return { difference: { way: 'any', difference }, hasErrors: false };
}

process.on('disconnect', () => process.exit(0));
process.send?.('ready');
