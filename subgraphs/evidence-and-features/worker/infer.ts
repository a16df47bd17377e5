/** Inference over one document: which features its evidence points to, worked out before the transaction that stores them. */
import type { Database } from '../../kernel/db/index.js';
import { bagOf, cohesionOf, FeatureView, type Added, type Join } from '../domain/corroboration.js';
import { sayingOf } from '../domain/evidence-fact.js';
import { clusterByMeaning, clusterSimilarity, pairsByWords, toCluster } from '../domain/infer-clusters.js';
import { judge, type Judgement } from '../domain/infer-confidence.js';
import { groupByStructure, type EvidenceGroup } from '../domain/infer-groups.js';
import { toBag, WordWeights } from '../domain/word-weights.js';
import {
  findRepositoryOf,
  listFacts,
  listFeaturesInView,
  listLinkedFeatures,
  listNearLinked,
  listNearPairs,
} from '../repository/inference.js';

export interface Proposal extends Judgement {
  readonly group: EvidenceGroup;
  /** How near each member is to what the group says together, by its id. */
  readonly similarities: ReadonlyMap<string, number>;
  /** A feature that other documents point to, and that this group points to as well. */
  readonly joins: Join | null;
  readonly added: Added;
}

/** Pairs are compared exactly: their number grows with the square. */
const mostCompared = 150;
const mostGroups = 300;

/** `isModel`: whether vectors come from a model, which knows what words mean; else words are compared by what they weigh here. */
export async function inferFeatures(database: Database, documentId: string, isModel: boolean): Promise<Proposal[]> {
  const [facts, repository] = [await listFacts(database, documentId), await findRepositoryOf(database, documentId)];
  const scope = repository ?? documentId;
  // Documents that belong to no repository have nothing to do with each other.
  const others = repository === null ? [] : await listFeaturesInView(database, { documentId, repository });
  const view = new FeatureView(others);
  const { groups, rest } = groupByStructure(facts, scope);
  const compared = rest.slice(0, mostCompared);
  const weights = new WordWeights([
    ...view.bags,
    ...groups.map(bagOf),
    ...compared.map((fact) => toBag([sayingOf(fact)])),
  ]);
  const pairs = isModel
    ? await listNearPairs(
        database,
        compared.map(({ id }) => id),
        clusterSimilarity / 2,
      )
    : pairsByWords(compared, weights);
  const clusters = clusterByMeaning(compared, pairs).map((members) => toCluster(members, scope));
  const measured = [...groups, ...clusters]
    .toSorted((a, b) => b.members.length - a.members.length)
    .slice(0, mostGroups)
    .map((group) => ({ group, similarities: cohesionOf(group, weights) }));
  const nearest =
    isModel && repository !== null
      ? await findNearest(database, { documentId, repository }, measured)
      : new Map<string, Join>();
  return measured.map(({ group, similarities }) => {
    const joins = view.findJoin(group, weights, nearest.get(middleOf(similarities) ?? '') ?? null);
    const added = view.addedBy(group, joins?.featureId ?? null);
    return { group, similarities, joins, added, ...judge(group, mean([...similarities.values()])) };
  });
}

/** Nearer than this in a model's vectors, two groups speak of one thing. */
const joinMeaning = 0.6;

/** For the middle member of each group, the feature of the nearest evidence of other documents. */
async function findNearest(
  database: Database,
  where: { readonly documentId: string; readonly repository: string },
  measured: readonly { readonly similarities: ReadonlyMap<string, number> }[],
): Promise<ReadonlyMap<string, Join>> {
  const middles = measured.flatMap(({ similarities }) => middleOf(similarities) ?? []);
  if (middles.length === 0) return new Map();
  const near = await listNearLinked(database, middles, { ...where, minSimilarity: joinMeaning });
  const linked = await listLinkedFeatures(
    database,
    near.map(({ similarKey }) => similarKey),
  );
  const nearest = new Map<string, Join>();
  for (const { key, similarKey, similarity } of near) {
    const feature = linked.find(({ evidenceId }) => evidenceId === similarKey);
    if (feature === undefined || similarity <= (nearest.get(key)?.similarity ?? 0)) continue;
    nearest.set(key, { featureId: feature.featureId, name: feature.name, similarity });
  }
  return nearest;
}

/** The member that says most of what its group says. */
function middleOf(similarities: ReadonlyMap<string, number>): string | null {
  const [middle] = [...similarities].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return middle?.[0] ?? null;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
