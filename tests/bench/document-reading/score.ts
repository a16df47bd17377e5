/** How well documents are read: which facts were found, found with the right kind, and found where there are none. */
import type { LabelledDocument, LabelledFact } from './labelled-documents.js';

export interface FoundFact {
  readonly type: string;
  /** Its statement, without the headings around it. */
  readonly text: string;
}

export interface Score {
  readonly labelled: number;
  readonly found: number;
  /** Found facts that are labelled so, kind included. */
  readonly right: number;
  /** As `right`, whatever their kind. */
  readonly placed: number;
  readonly missed: readonly LabelledFact[];
  readonly wrong: readonly FoundFact[];
}

export function score({ facts }: Pick<LabelledDocument, 'facts'>, found: readonly FoundFact[]): Score {
  const left = [...found];
  const missed: LabelledFact[] = [];
  let [right, placed] = [0, 0];
  for (const fact of facts) {
    const candidates = left.filter((each) => isSame(fact.text, each.text));
    const match = candidates.find(({ type }) => type === fact.type) ?? candidates[0];
    if (match === undefined) {
      missed.push(fact);
      continue;
    }
    left.splice(left.indexOf(match), 1);
    placed += 1;
    if (match.type === fact.type) right += 1;
    else missed.push(fact);
  }
  return { labelled: facts.length, found: found.length, right, placed, missed, wrong: left };
}

/** The marked words stand in it, and not much else: a whole paragraph is no hit for one of its sentences. */
function isSame(labelled: string, found: string): boolean {
  const [label, text] = [toWords(labelled), toWords(found)];
  return text.includes(label)
    ? text.length <= 3 * label.length + 80
    : label.includes(text) && 2 * text.length >= label.length;
}

function toWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export interface Quality {
  readonly documents: number;
  readonly precision: number;
  readonly recall: number;
  /** Of the facts in the right place, how many have the right kind. */
  readonly kinds: number;
}

export function qualityOf(scores: readonly Score[]): Quality {
  const sum = (value: (score: Score) => number): number => scores.reduce((total, each) => total + value(each), 0);
  const right = sum((each) => each.right);
  return {
    documents: scores.length,
    precision:
      right /
      Math.max(
        1,
        sum((each) => each.found),
      ),
    recall:
      right /
      Math.max(
        1,
        sum((each) => each.labelled),
      ),
    kinds:
      right /
      Math.max(
        1,
        sum((each) => each.placed),
      ),
  };
}
