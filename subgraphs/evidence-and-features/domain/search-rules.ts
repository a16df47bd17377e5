/** What a search of evidence may ask, and what it means when something is left out. */
import { badInput } from '../../kernel/errors/index.js';

/** What less similar evidence than this has in common is mostly the language. */
export const defaultSimilarity = 0.7;
/** Fused, less than 0.05 is chance: the nearest of what is not near at all would take the first places. */
export const leastSimilarity = { vector: defaultSimilarity, fused: 0.05 };
/** From here on, two pieces of evidence say the same. */
export const duplicateSimilarity = 0.95;

/** Throws BAD_USER_INPUT outside 1 to `most`. */
export function checkCount(value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw badInput(`first must be 1 to ${most}, got ${value}.`);
}
