/** What a search of evidence may ask, and what it means when something is left out. */
import { badInput } from '../../kernel/errors/index.js';

export type SearchMode = 'VECTOR' | 'TEXT' | 'HYBRID';

export interface SearchQuestion {
  readonly mode: SearchMode | null;
  readonly text: string | null;
  readonly hasVector: boolean;
  readonly hasEvidence: boolean;
}

/** What less similar evidence than this has in common is mostly the language. */
export const defaultSimilarity = 0.7;
/** Less than this is chance; fused, the nearest of what is not near at all would take the first places. */
const leastSimilarity = 0.05;
/** From here on, two pieces of evidence say the same. */
export const duplicateSimilarity = 0.95;

/** Throws BAD_USER_INPUT when the question lacks what its mode looks for. */
export function resolveMode({ mode, text, hasVector, hasEvidence }: SearchQuestion): SearchMode {
  if (hasVector && hasEvidence) throw badInput('Give vector or evidenceId, not both.');
  if (text === null && !hasVector && !hasEvidence) throw badInput('Give text, vector or evidenceId.');
  if (text === '') throw badInput('text must have at least one character.');
  const resolved = mode ?? (text === null ? 'VECTOR' : 'HYBRID');
  if (resolved !== 'VECTOR' && text === null) throw badInput(`The mode ${resolved} needs text.`);
  if (resolved === 'TEXT' && (hasVector || hasEvidence)) throw badInput('The mode TEXT looks for text alone.');
  return resolved;
}

/** Fused, places count and not distances: with the limit of a search by vector, a short question would find nothing by meaning. */
export function resolveSimilarity(mode: SearchMode, given: number | null): number {
  return checkSimilarity(given ?? (mode === 'VECTOR' ? defaultSimilarity : leastSimilarity));
}

export function checkSimilarity(value: number): number {
  if (value >= -1 && value <= 1) return value;
  throw badInput('minSimilarity must be -1 to 1.');
}

/** Throws BAD_USER_INPUT outside 1 to `most`. */
export function checkCount(value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw badInput(`first must be 1 to ${most}, got ${value}.`);
}
