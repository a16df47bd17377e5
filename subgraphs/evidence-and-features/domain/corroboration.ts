/** What a group of one document adds to a feature that others point to: only what is said independently makes it surer. */
import { sayingOf, sourceKindOf, type EvidenceFact, type SourceKind } from './evidence-fact.js';
import type { EvidenceGroup } from './infer-groups.js';
import { slugOf } from './structure-names.js';
import { areAlike, toBag, type Bag, type WordWeights } from './word-weights.js';
import { toWords } from './words.js';

/** A feature with what other documents of the repository say of it. */
export interface FeatureInView {
  readonly featureId: string;
  readonly key: string | null;
  readonly name: string;
  readonly facts: readonly EvidenceFact[];
}

/** What a group says that is new. */
export interface Added {
  readonly facts: readonly EvidenceFact[];
  /** Whether another kind of source says it: two editions of one API know of each other. */
  readonly isOtherSource: boolean;
}

export interface Join {
  readonly featureId: string;
  readonly name: string;
  readonly similarity: number;
}

/** With one name a little likeness is enough; other names need plain likeness, and another kind of source. */
const joinSimilarity = { sameName: 0.12, otherName: 0.3 };
/** How much nearer the best is than the next: what is near to several is said of each of them. */
const clearness = 1.25;

export class FeatureView {
  readonly #features: readonly (FeatureInView & { readonly bag: Bag; readonly sources: ReadonlySet<SourceKind> })[];

  constructor(features: readonly FeatureInView[]) {
    this.#features = features.map((feature) => ({
      ...feature,
      bag: toBag([feature.name, ...feature.facts.map(sayingOf)]),
      sources: new Set(feature.facts.map(sourceKindOf)),
    }));
  }

  get bags(): readonly Bag[] {
    return this.#features.map(({ bag }) => bag);
  }

  /** The feature that a group points to, if it is plain which one; `nearest` is what its vectors say, where they know meanings. */
  findJoin(group: EvidenceGroup, weights: WordWeights, nearest: Join | null): Join | null {
    const bag = bagOf(group);
    const sources = new Set(group.members.map(sourceKindOf));
    const near = this.#features
      .filter(({ key }) => key !== group.key)
      .map((feature) => ({ ...feature, similarity: weights.similarity(bag, feature.bag) }))
      .toSorted((a, b) => b.similarity - a.similarity);
    const named = near.find(
      ({ name, similarity }) => slugOf(name) === slugOf(group.name) && similarity >= joinSimilarity.sameName,
    );
    if (named !== undefined) return named;
    const meant = nearest === null ? undefined : near.find(({ featureId }) => featureId === nearest.featureId);
    if (nearest !== null && meant !== undefined && ![...sources].some((source) => meant.sources.has(source)))
      return nearest;
    const [best, next] = near;
    if (best === undefined || best.similarity < joinSimilarity.otherName) return null;
    // Two tags of one API, or two tickets, are two things: their authors have told them apart.
    if ([...sources].some((source) => best.sources.has(source))) return null;
    return next === undefined || best.similarity >= clearness * next.similarity ? best : null;
  }

  /** Members of a group that a feature's other documents do not say already, in the same words or at the same place. */
  addedBy(group: EvidenceGroup, featureId: string | null): Added {
    const known = this.#features.find((each) =>
      featureId === null ? each.key === group.key : each.featureId === featureId,
    );
    if (known === undefined) return { facts: group.members, isOtherSource: true };
    const places = new Set(known.facts.flatMap((fact) => placeOf(fact) ?? []));
    const said = known.facts.map((fact) => new Set(toWords(sayingOf(fact))));
    const fresh = group.members.filter((member) => {
      const place = placeOf(member);
      if (place !== null && places.has(place)) return false;
      const words = new Set(toWords(sayingOf(member)));
      return !said.some((each) => areAlike(words, each));
    });
    // Most of it is said already: another format or edition of the same document.
    const facts = fresh.length * 2 > group.members.length ? fresh : [];
    return { facts, isOtherSource: facts.some((fact) => !known.sources.has(sourceKindOf(fact))) };
  }
}

export function bagOf({ name, members }: EvidenceGroup): Bag {
  return toBag([name, ...members.map(sayingOf)]);
}

/** Mean likeness of the members to what they say together. */
export function cohesionOf(group: EvidenceGroup, weights: WordWeights): ReadonlyMap<string, number> {
  const together = bagOf(group);
  return new Map(group.members.map((member) => [member.id, weights.similarity(toBag([sayingOf(member)]), together)]));
}

function placeOf({ type, rawData }: EvidenceFact): string | null {
  const { method, path, schema, ticket_key: ticket, criterion } = rawData;
  if (type === 'endpoint' && typeof method === 'string' && typeof path === 'string')
    return `${method} ${path.replace(/\{[^}]*\}|:\w+/g, '{}')}`;
  if (type === 'payload' && typeof schema === 'string') return `schema ${schema}`;
  return typeof ticket === 'string' && criterion === undefined ? `ticket ${ticket}` : null;
}
