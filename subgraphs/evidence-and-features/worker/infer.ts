/** Inference over one document: which features its evidence points to, worked out before the transaction that stores them. */
import type { Database } from '../../kernel/db/index.js';
import { clusterByMeaning, clusterSimilarity, toCluster } from '../domain/infer-clusters.js';
import { judge, type Judgement } from '../domain/infer-confidence.js';
import { groupByStructure, slugOf, type EvidenceGroup } from '../domain/infer-groups.js';
import {
  findRepositoryOf,
  listFacts,
  listLinkedFeatures,
  listNearLinked,
  listNearPairs,
  measureGroups,
} from '../repository/inference.js';

export interface Proposal extends Judgement {
  readonly group: EvidenceGroup;
  /** How near each member is to the group's centre, by its id. */
  readonly similarities: ReadonlyMap<string, number>;
  /** A feature that other documents point to, and that this group points to as well. */
  readonly joins: { readonly featureId: string; readonly name: string; readonly similarity: number } | null;
}

/** Pairs are compared exactly: their number grows with the square. */
const mostCompared = 150;
const mostGroups = 300;
/** With the same name half a likeness is enough; without it, it has to be plain. */
const joinSimilarity = { sameName: 0.35, otherName: 0.6 };

export async function inferFeatures(database: Database, documentId: string): Promise<Proposal[]> {
  const [facts, repository] = [await listFacts(database, documentId), await findRepositoryOf(database, documentId)];
  const scope = repository ?? documentId;
  const { groups, rest } = groupByStructure(facts, scope);
  const compared = rest.slice(0, mostCompared);
  const pairs = await listNearPairs(
    database,
    compared.map(({ id }) => id),
    clusterSimilarity / 2,
  );
  const clusters = clusterByMeaning(compared, pairs).map((members) => toCluster(members, scope));
  const largest = [...groups, ...clusters].toSorted((a, b) => b.members.length - a.members.length).slice(0, mostGroups);
  const measured = await measureGroups(
    database,
    largest.map(({ members }) => members.map(({ id }) => id)),
  );
  const joined = await findFeaturesToJoin(database, { documentId, repository, groups: largest, measured });
  return largest.map((group, index) => {
    const similarities = measured[index] ?? new Map<string, number>();
    return { group, similarities, ...judge(group, mean([...similarities.values()])), joins: joined[index] ?? null };
  });
}

interface Measured {
  readonly documentId: string;
  readonly repository: string | null;
  readonly groups: readonly EvidenceGroup[];
  readonly measured: readonly ReadonlyMap<string, number>[];
}

/** Each group is stood for by the member nearest to its centre. */
async function findFeaturesToJoin(
  database: Database,
  { documentId, repository, groups, measured }: Measured,
): Promise<Proposal['joins'][]> {
  const middles = measured.map((similarities) => middleOf(similarities));
  const present = middles.filter((id) => id !== null);
  if (present.length === 0) return [];
  const options = { documentId, repository, minSimilarity: joinSimilarity.sameName };
  const near = await listNearLinked(database, present, options);
  const linked = await listLinkedFeatures(
    database,
    near.map(({ similarKey }) => similarKey),
  );
  return groups.map((group, index) => {
    const candidates = near
      .filter(({ key }) => key === middles[index])
      .flatMap(({ similarKey, similarity }) =>
        linked
          .filter(({ evidenceId }) => evidenceId === similarKey)
          .map(({ featureId, name }) => ({ featureId, name, similarity })),
      )
      .filter(({ name, similarity }) => {
        const isSameName = slugOf(name) === slugOf(group.name);
        return similarity >= (isSameName ? joinSimilarity.sameName : joinSimilarity.otherName);
      });
    return candidates.toSorted((a, b) => b.similarity - a.similarity)[0] ?? null;
  });
}

function middleOf(similarities: ReadonlyMap<string, number>): string | null {
  const [nearest] = [...similarities].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return nearest?.[0] ?? null;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
