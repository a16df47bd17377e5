/** How much a word that two groups of evidence share says of their being one: learned from the groups around them. */
import { toWords } from './words.js';

/** Words of a group, each with how many of its members have it. */
export type Bag = ReadonlyMap<string, number>;

export function toBag(texts: readonly string[]): Bag {
  const bag = new Map<string, number>();
  for (const text of texts) for (const word of new Set(toWords(text))) bag.set(word, (bag.get(word) ?? 0) + 1);
  return bag;
}

/**
 * Said of anything in requirements, descriptions and tests. With many groups that shows by itself; a first document has nothing
 * to be compared with.
 */
const common = new Set(
  toWords(
    'system user users application app page screen button field value values data item items list lists create creates add get gets read update updates change delete remove set show shows display see view select enter open request requests response responses body parameter parameters path query header required optional schema object string integer number boolean array type id ids name names ok error errors default success successful unauthorized forbidden found invalid valid missing malformed input output given feature scenario story requirement criterion acceptance test case status state result available able possible need want new same other each every all any first last time one two three used use using information detail details support supported code operation endpoint api service server client returns answers summary description 200 201 204 400 401 403 404 500',
  ),
);
const commonShare = 0.2;

export class WordWeights {
  readonly #groups: number;
  readonly #having = new Map<string, number>();

  constructor(bags: readonly Bag[]) {
    this.#groups = bags.length;
    for (const bag of bags) for (const word of bag.keys()) this.#having.set(word, (this.#having.get(word) ?? 0) + 1);
  }

  /** What a word weighs that `own` of the groups under comparison have: little when most others have it as well. */
  weightOf(word: string, own: number): number {
    const others = Math.max(0, this.#groups - 2);
    const having = Math.min(others, Math.max(0, (this.#having.get(word) ?? own) - own));
    const rarity = Math.log(1 + (others - having + 0.5) / (having + 0.5));
    return rarity * (common.has(word) ? commonShare : 1);
  }

  /** Cosine of two groups, 0 to 1. */
  similarity(one: Bag, other: Bag): number {
    let [product, left, right] = [0, 0, 0];
    for (const [word, count] of one) {
      const shared = other.get(word);
      const weight = this.weightOf(word, shared === undefined ? 1 : 2);
      const value = weight * damp(count);
      left += value * value;
      if (shared !== undefined) product += value * weight * damp(shared);
    }
    for (const [word, count] of other) {
      const value = this.weightOf(word, one.has(word) ? 2 : 1) * damp(count);
      right += value * value;
    }
    return left === 0 || right === 0 ? 0 : product / Math.sqrt(left * right);
  }
}

/** The tenth member with a word says less of the group than the second. */
function damp(count: number): number {
  return 1 + Math.log(count);
}

/** Whether two texts say the same in nearly the same words; order and form make no difference. */
export function areAlike(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size === 0 || other.size === 0) return one.size === other.size;
  let both = 0;
  for (const word of one) if (other.has(word)) both += 1;
  return both / (one.size + other.size - both) >= 0.8;
}
