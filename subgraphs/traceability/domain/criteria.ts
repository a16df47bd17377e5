/** Acceptance criteria as things of their own: how an author or a test run names one. */
import type { RequirementArtifact, UserStoryArtifact } from './artifact-types.js';

export interface Criterion {
  /** Its place in its artifact, from 1. */
  readonly position: number;
  /** `AC-3`: as its text begins, else by its place. */
  readonly label: string;
  readonly text: string;
  /** What texts are compared by: white space, case and a label before it do not count. */
  readonly textKey: string;
}

/** `AC-1`, `ac 1`, `AC1:`, `US-001-AC-01`, with whatever separates it from the text. */
const labelPattern = /^\s*(?:[A-Za-z]+(?:-[A-Za-z0-9]+)*-)?AC[-_ ]?0*(\d{1,4})\b[\s:.)–-]*/i;

export function criteriaOf({ acceptanceCriteria }: RequirementArtifact | UserStoryArtifact): readonly Criterion[] {
  return acceptanceCriteria.map((text, index) => ({
    position: index + 1,
    label: labelOf(text) ?? `AC-${index + 1}`,
    text,
    textKey: textKeyOf(text),
  }));
}

/** The label in one spelling; null for text that has none. */
export function labelOf(text: string | null): string | null {
  const number = labelPattern.exec(text ?? '')?.[1];
  return number === undefined ? null : `AC-${number}`;
}

export function textKeyOf(text: string): string {
  return text.replace(labelPattern, '').normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase().slice(0, 500);
}
