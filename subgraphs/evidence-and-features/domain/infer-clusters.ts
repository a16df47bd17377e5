/** Groups of evidence that shares no structure, by how near it is in meaning. */
import { sayingOf, type EvidenceFact } from './evidence-fact.js';
import { nameOfTexts } from './feature-names.js';
import type { EvidenceGroup } from './infer-groups.js';
import { toBag, type Bag, type WordWeights } from './word-weights.js';

export interface NearPair {
  readonly one: string;
  readonly other: string;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

/** Nearer than this, two pieces of evidence speak of the same thing. */
export const clusterSimilarity = 0.55;

/**
 * Nearest pairs first; two groups become one only when their members are near on average, so that a chain of neighbours does
 * not make one group of everything.
 */
export function clusterByMeaning(facts: readonly EvidenceFact[], pairs: readonly NearPair[]): EvidenceFact[][] {
  const similarities = new Map(
    pairs.flatMap(({ one, other, similarity }) => [
      [`${one} ${other}`, similarity],
      [`${other} ${one}`, similarity],
    ]),
  );
  const groups = new Map(facts.map((fact) => [fact.id, [fact]]));
  const near = pairs.filter(({ similarity }) => similarity >= clusterSimilarity);
  for (const { one, other } of near.toSorted((a, b) => b.similarity - a.similarity || (a.one < b.one ? -1 : 1))) {
    const [left, right] = [groups.get(one), groups.get(other)];
    if (left === undefined || right === undefined || left === right) continue;
    const sum = left
      .flatMap((a) => right.map((b) => similarities.get(`${a.id} ${b.id}`) ?? 0))
      .reduce((x, y) => x + y, 0);
    if (sum / (left.length * right.length) < clusterSimilarity) continue;
    left.push(...right);
    for (const fact of right) groups.set(fact.id, left);
  }
  return [...new Set(groups.values())];
}

/** Every pair that is near by the words it shares. The number of facts is to be small: pairs grow with its square. */
export function pairsByWords(facts: readonly EvidenceFact[], weights: WordWeights): NearPair[] {
  const bags = facts.map((fact): readonly [string, Bag] => [fact.id, toBag([sayingOf(fact)])]);
  return bags.flatMap(([one, bag], at) =>
    bags.slice(at + 1).map(([other, second]) => ({ one, other, similarity: weights.similarity(bag, second) })),
  );
}

/** Named by what its members share. */
export function toCluster(members: readonly EvidenceFact[], scope: string): EvidenceGroup {
  const [first] = members;
  return {
    key: `${scope} | meaning ${first?.id ?? ''}`,
    name: nameOfTexts(members.map(sayingOf)),
    shared: '',
    members,
  };
}
