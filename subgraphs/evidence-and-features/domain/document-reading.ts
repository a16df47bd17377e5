/** What a reading made of a document: its format, how much was found, and what was passed over and why. */
import type { EvidenceType } from './evidence-types.js';
import { cut, type ExtractedEvidence } from './extracted-evidence.js';

/** Where something stands; lines and columns are of the file and from 1, null where a format has none. */
export interface Place {
  readonly line: number | null;
  readonly column: number | null;
}

/** Something that stands in the document and became no evidence. */
export interface PassedOver extends Place {
  /** Its beginning, or the name of the part. */
  readonly text: string;
  readonly reason: string;
}

/** What is read of a file before it is stored. */
export interface Extraction {
  /** As people call it: `OpenAPI 3.1`, `Markdown`, `Jira export`. */
  readonly format: string;
  readonly evidence: readonly ExtractedEvidence[];
  readonly passedOver: readonly PassedOver[];
}

/** As it is kept with the document, in its metadata under `reading`. */
export interface DocumentReading {
  readonly format: string;
  readonly found: readonly { readonly type: EvidenceType; readonly count: number }[];
  /** The first of them. */
  readonly passed_over: readonly PassedOver[];
  readonly passed_over_count: number;
}

/** Reasons repeat: these are enough to see what kind of thing was left out. */
const mostKept = 200;
const longestText = 120;
const longestReason = 300;

export function toReading({ format, evidence, passedOver }: Extraction): DocumentReading {
  const counts = new Map<EvidenceType, number>();
  for (const { type } of evidence) counts.set(type, (counts.get(type) ?? 0) + 1);
  return {
    format,
    found: [...counts].map(([type, count]) => ({ type, count })),
    passed_over: passedOver.slice(0, mostKept).map(({ line, column, text, reason }) => ({
      line,
      column,
      text: toStorable(text, longestText),
      reason: toStorable(reason, longestReason),
    })),
    passed_over_count: passedOver.length,
  };
}

/** Without NUL and halves of characters, which the database can't hold. */
function toStorable(text: string, longest: number): string {
  return cut(
    text
      .replace(/\0|\p{Surrogate}/gu, '\ufffd')
      .replace(/\s+/g, ' ')
      .trim(),
    longest,
  );
}
