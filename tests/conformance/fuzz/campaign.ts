/** Runs many documents of one graph, one seed after another, and gathers what went wrong. */
import { writeDocument, type FuzzDocument } from './document-writer.js';
import type { ExamineOutcome } from './examine.js';
import type { GraphName } from './graph-names.js';
import { shrink } from './shrink.js';
import { FuzzWorker, type Abort } from './worker.js';

export interface Campaign {
  readonly graph: GraphName;
  /** Each document has its own, counted on from here: a campaign goes on where another has stopped. */
  readonly firstSeed: number;
  readonly count: number;
  /** Findings of one kind that are made small; more of the kind are counted. */
  readonly shrinkOfKind: number;
}

export interface Finding {
  readonly seed: number;
  /** `abort`, or what differs. */
  readonly kind: string;
  readonly document: FuzzDocument;
  readonly outcome: ExamineOutcome | Abort;
}

export interface Totals {
  documents: number;
  aborts: number;
  differences: number;
  /** Documents in which the graph's own faults were met. */
  withErrors: number;
}

export interface CampaignEvents {
  onFinding(finding: Finding): void;
  onProgress?(seed: number, totals: Readonly<Totals>): void;
}

export async function runCampaign(campaign: Campaign, events: CampaignEvents): Promise<Totals> {
  const totals: Totals = { documents: 0, aborts: 0, differences: 0, withErrors: 0 };
  const worker = new FuzzWorker(campaign.graph);
  const ofKind = new Map<string, number>();
  try {
    for (let seed = campaign.firstSeed; seed < campaign.firstSeed + campaign.count; seed++) {
      const outcome = await worker.ask({ seed });
      totals.documents += 1;
      const kind = kindOf(outcome);
      if (kind === 'abort') totals.aborts += 1;
      else if (kind !== null) totals.differences += 1;
      if ('hasErrors' in outcome && outcome.hasErrors) totals.withErrors += 1;
      if (kind !== null) {
        const count = (ofKind.get(kind) ?? 0) + 1;
        ofKind.set(kind, count);
        const isShrunk = count <= campaign.shrinkOfKind;
        events.onFinding(await findingOf({ seed, kind, outcome, graph: campaign.graph, worker, isShrunk }));
      }
      events.onProgress?.(seed, totals);
    }
  } finally {
    await worker.stop();
  }
  return totals;
}

/** Null when all ways agree. */
export function kindOf(outcome: ExamineOutcome | Abort): string | null {
  if ('abort' in outcome) return 'abort';
  return outcome.difference === null ? null : outcome.difference.difference.kind;
}

interface Found {
  readonly seed: number;
  readonly kind: string;
  readonly outcome: ExamineOutcome | Abort;
  readonly graph: GraphName;
  readonly worker: FuzzWorker;
  readonly isShrunk: boolean;
}

async function findingOf({ seed, kind, outcome, graph, worker, isShrunk }: Found): Promise<Finding> {
  // Only now: a run without findings needs no schema in this process.
  const { writingPlaceOf } = await import('./graphs.js');
  const place = await writingPlaceOf(graph);
  const { document: _, ...written } = writeDocument(place, seed);
  if (!isShrunk) return { seed, kind, document: written, outcome };
  let last = outcome;
  const document = await shrink(written, place.schema, async (candidate) => {
    const tried = await worker.ask({ seed, document: candidate });
    if (kindOf(tried) !== kind) return false;
    last = tried;
    return true;
  });
  return { seed, kind, document, outcome: last };
}
