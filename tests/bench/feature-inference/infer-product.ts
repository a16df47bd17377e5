/** Inference over the documents of one product, one after another, as the worker does it and without a database. */
import { bagOf, cohesionOf, FeatureView } from '../../../subgraphs/evidence-and-features/domain/corroboration.js';
import { sayingOf } from '../../../subgraphs/evidence-and-features/domain/evidence-fact.js';
import {
  clusterByMeaning,
  pairsByWords,
  toCluster,
} from '../../../subgraphs/evidence-and-features/domain/infer-clusters.js';
import {
  addedConfidence,
  candidateConfidence,
  corroborate,
  judge,
} from '../../../subgraphs/evidence-and-features/domain/infer-confidence.js';
import { groupByStructure } from '../../../subgraphs/evidence-and-features/domain/infer-groups.js';
import { toBag, WordWeights } from '../../../subgraphs/evidence-and-features/domain/word-weights.js';
import type { LabelledFact, Product } from './capabilities.js';

export interface InferredFeature {
  readonly key: string;
  readonly name: string;
  readonly confidence: number;
  readonly facts: readonly LabelledFact[];
}

export function inferProduct({ name: scope, documents }: Product): InferredFeature[] {
  const features = new Map<string, InferredFeature>();
  for (const document of documents) {
    const known = [...features.values()].map(({ key, name, facts }) => ({ featureId: key, key, name, facts }));
    const view = new FeatureView(known);
    const { groups, rest } = groupByStructure(document, scope);
    const weights = new WordWeights([
      ...view.bags,
      ...groups.map(bagOf),
      ...rest.map((fact) => toBag([sayingOf(fact)])),
    ]);
    const clusters = clusterByMeaning(rest, pairsByWords(rest, weights)).map((members) => toCluster(members, scope));
    for (const group of [...groups, ...clusters]) {
      const similarities = [...cohesionOf(group, weights).values()];
      const { confidence } = judge(group, similarities.reduce((a, b) => a + b, 0) / similarities.length);
      const join = view.findJoin(group, weights, null);
      const target = features.get(join?.featureId ?? group.key);
      const facts = group.members as readonly LabelledFact[];
      if (target !== undefined) {
        const added = view.addedBy(group, join?.featureId ?? null);
        features.set(target.key, {
          ...target,
          confidence: corroborate(target.confidence, addedConfidence(confidence, added)),
          facts: [...target.facts, ...facts],
        });
      } else if (confidence >= candidateConfidence) {
        features.set(group.key, { key: group.key, name: group.name, confidence, facts });
      }
    }
  }
  return [...features.values()];
}
