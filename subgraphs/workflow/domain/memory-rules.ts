/** What may be remembered, and what a search of it may ask. */
import { badInput, userError } from '../../kernel/errors/index.js';
import { assertJson, assertText } from './text-limits.js';

/** Length of every vector: the column's. */
export const memoryDimensions = 1536;

/** What the full-text index holds of a text. */
const longestContent = 150_000;
/** Cosine similarity of one document to another: below, what they have in common is mostly the language. */
const defaultSimilarity = 0.7;
/** Fused, places count and not distances: with the limit above, a short question would find nothing by meaning. */
const fusedSimilarity = 0.1;

export interface MemoryContent {
  readonly title?: string | null;
  readonly content: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** RFC 3339. */
  readonly expiresAt?: string | null;
}

/** Throws VALIDATION. `now` in milliseconds. */
export function assertMemory({ title, content, metadata, expiresAt }: MemoryContent, now: number): void {
  if (title != null) assertText('title', title, { max: 500 });
  assertText('content', content, { max: longestContent });
  if (metadata != null) assertJson('metadata', metadata, 20_000);
  if (expiresAt != null && Date.parse(expiresAt) <= now)
    throw userError('VALIDATION', 'expiresAt', 'This moment is past: it would be forgotten at once.');
}

/** The text that stands for a document in the space of vectors. */
export function textToEmbed({ title, content }: MemoryContent): string {
  return title == null ? content : `${title}\n${content}`;
}

export type SearchMode = 'VECTOR' | 'TEXT' | 'HYBRID';

export interface MemoryQuestion {
  readonly text: string | null;
  readonly hasVector: boolean;
  readonly hasDocument: boolean;
  readonly mode: SearchMode | null;
  readonly minSimilarity: number | null;
}

/** Throws BAD_USER_INPUT when the question lacks what its mode looks for. */
export function resolveQuestion(question: MemoryQuestion): { mode: SearchMode; minSimilarity: number } {
  const { text, hasVector, hasDocument } = question;
  if (hasVector && hasDocument) throw badInput('Give vector or memDocId, not both.');
  if (text === null && !hasVector && !hasDocument) throw badInput('Give text, vector or memDocId.');
  if (text === '') throw badInput('text must have at least one character.');
  const mode = question.mode ?? (text === null ? 'VECTOR' : 'HYBRID');
  if (mode !== 'VECTOR' && text === null) throw badInput(`The mode ${mode} needs text.`);
  if (mode === 'TEXT' && (hasVector || hasDocument)) throw badInput('The mode TEXT looks for text alone.');
  const minSimilarity = question.minSimilarity ?? (mode === 'VECTOR' ? defaultSimilarity : fusedSimilarity);
  if (!(minSimilarity >= -1 && minSimilarity <= 1)) throw badInput('minSimilarity must be -1 to 1.');
  return { mode, minSimilarity };
}
