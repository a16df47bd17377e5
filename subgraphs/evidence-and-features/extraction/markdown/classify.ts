/** What kind of evidence a statement of a document is: by the heading it stands under, or else by its own words. */
import type { EvidenceType } from '../../domain/evidence-types.js';

type MarkdownType = Extract<EvidenceType, 'requirement' | 'acceptance_criteria' | 'constraint' | 'edge_case'>;

/** The innermost heading that names a kind decides; the first rule that fits. */
const byHeading: readonly (readonly [RegExp, MarkdownType])[] = [
  [/\bacceptance\b|\bdefinition of done\b|\bscenarios?\b/i, 'acceptance_criteria'],
  [/\bedge cases?\b|\bcorner cases?\b|\berror (cases?|handling)\b|\bfailure modes?\b/i, 'edge_case'],
  [/\bconstraints?\b|\blimits?\b|\blimitations?\b|\bnon-functional\b/i, 'constraint'],
  [/\brequirements?\b|\buser stor(y|ies)\b/i, 'requirement'],
];

const byWords: readonly (readonly [RegExp, MarkdownType])[] = [
  [/^given\b.*\bthen\b/is, 'acceptance_criteria'],
  [/\b(edge|corner) case\b/i, 'edge_case'],
  [
    /\b(must not|shall not|may not|can(?:no|')t be|is refused|are refused|at most|no more than|at least|not exceed|not? (?:more|longer|larger) than|limited to)\b/i,
    'constraint',
  ],
  [
    /\b(when|if|once|after|without)\b.*\b(fails?|failed|crash(?:es|ed)?|killed|lost|times? out|timed out|missing|malformed|invalid|expired|unavailable)\b/is,
    'edge_case',
  ],
  [/\b(must|shall|has to|have to|needs to|is required|are required)\b/i, 'requirement'],
  [/^as an? \S.*\bI (want|need|can)\b/is, 'requirement'],
];

/** Null for a statement that tells and asks for nothing. */
export function classify(headings: readonly string[], statement: string): MarkdownType | null {
  for (const heading of headings.toReversed()) {
    const rule = byHeading.find(([pattern]) => pattern.test(heading));
    if (rule !== undefined) return rule[1];
  }
  return byWords.find(([pattern]) => pattern.test(statement))?.[1] ?? null;
}
