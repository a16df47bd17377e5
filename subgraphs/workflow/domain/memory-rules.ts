/** What may be remembered, and what a search of it may ask. */
import { userError } from '../../kernel/errors/index.js';
import { assertJson, assertText } from './text-limits.js';

/** Length of every vector: the column's. */
export const memoryDimensions = 1536;

/** What the full-text index holds of a text. */
const longestContent = 150_000;
/** Cosine. Of one document to another, what they have in common below is mostly the language. */
export const leastSimilarity = { vector: 0.7, fused: 0.1 };

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
