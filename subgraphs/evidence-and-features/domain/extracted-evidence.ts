/** Evidence on its way in: atomic facts as an extraction found them. */
import { userError } from '../../kernel/errors/index.js';
import type { EvidenceType } from './evidence-types.js';

export interface ExtractedEvidence {
  readonly type: EvidenceType;
  /** Plain text that is understood on its own. */
  readonly content: string;
  /** What the text was made of, for programs. */
  readonly rawData: Readonly<Record<string, unknown>> | null;
}

/** A document that can't be what it was taken for. The message is shown to people; trying again would end the same. */
export class ExtractionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExtractionError';
  }
}

const longestContent = 20_000;
const longestRawData = 100_000;

/** As the database can hold it: without NUL and halves of characters, and cut where a text is longer than anybody reads. */
export function toEvidence(evidence: ExtractedEvidence): ExtractedEvidence {
  const content = cut(evidence.content.replace(/\0|\p{Surrogate}/gu, '\ufffd').trim(), longestContent);
  if (evidence.rawData === null) return { ...evidence, content };
  const text = JSON.stringify(evidence.rawData).replace(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd');
  if (text.length > longestRawData) return { ...evidence, content, rawData: { omitted: 'too large' } };
  return { ...evidence, content, rawData: JSON.parse(text) as Record<string, unknown> };
}

/** Throws VALIDATION at evidence of a caller's that could not be stored as it was sent. */
export function assertEvidence(evidence: readonly ExtractedEvidence[], field = 'evidence'): void {
  evidence.forEach(({ content, rawData }, index) => {
    const at = [field, String(index)];
    if (content.trim() === '' || content.length > longestContent || content.includes('\0')) {
      const reason = `content must have 1 to ${longestContent} characters, and no NUL.`;
      throw userError('VALIDATION', [...at, 'content'], reason);
    }
    const raw = JSON.stringify(rawData ?? {});
    if (raw.length > longestRawData || raw.includes('\\u0000')) {
      const reason = `rawData may have ${longestRawData} characters as JSON, and no NUL.`;
      throw userError('VALIDATION', [...at, 'rawData'], reason);
    }
  });
}

/** With a mark where something is left out. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${beginningOf(text, longest - 1)}…`;
}

/** Up to `longest` characters, and never half of a surrogate pair. */
export function beginningOf(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}
