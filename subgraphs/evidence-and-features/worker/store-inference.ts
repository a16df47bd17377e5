/** What inference found becomes features and links, in the transaction that completes its job. A reviewer's decision stands. */
import type { WriteTransaction } from '../../kernel/write/index.js';
import { beginningOf } from '../domain/extracted-evidence.js';
import {
  addedConfidence,
  candidateConfidence,
  corroborate,
  relationshipOf,
  statusOf,
  strengthOf,
} from '../domain/infer-confidence.js';
import type { EvidenceFact } from '../domain/evidence-fact.js';
import { noteChanges, type NotedChange } from '../repository/features.js';
import {
  insertInferredFeatures,
  insertInferredLinks,
  lockInferredFeatures,
  updateCorroborated,
  type Corroboration,
  type InferredLink,
  type KnownFeature,
} from '../repository/inferred-features.js';
import type { Proposal } from './infer.js';

/** Answers, for the audit trail, what came of it. */
export async function storeInference(
  tx: WriteTransaction,
  proposals: readonly Proposal[],
  actor: string,
): Promise<Readonly<Record<string, unknown>>> {
  const own = proposals.filter(({ joins, confidence }) => joins === null && confidence >= candidateConfidence);
  const joining = proposals.filter(({ joins }) => joins !== null);
  const created = await insertInferredFeatures(tx, own.map(toFeature));
  const keys = own.map(({ group }) => group.key);
  const known = new Known(
    await lockInferredFeatures(tx, { keys, ids: joining.flatMap(({ joins }) => joins?.featureId ?? []) }),
  );

  const targets = [...own, ...joining].flatMap((proposal) => {
    const feature = known.targetOf(proposal);
    return feature === null
      ? []
      : [{ proposal, feature, isCreated: created.has(proposal.group.key) && proposal.joins === null }];
  });
  const added = await insertInferredLinks(
    tx,
    targets.flatMap(({ proposal, feature }) => toLinks(proposal, feature.id)),
  );
  const stronger = toCorroborations(targets.filter(({ feature, isCreated }) => !isCreated && added.has(feature.id)));
  await updateCorroborated(
    tx,
    stronger.map(({ after }) => after),
  );
  await noteChanges(tx, actor, [
    ...targets
      .filter(({ isCreated }) => isCreated)
      .map(({ proposal, feature }) => toCreation(proposal, feature.id, added)),
    ...stronger.map(({ before, after }) => toUpdate(before, after, added)),
  ]);
  return {
    features: { created: created.size, corroborated: stronger.length },
    links: [...added.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Features as they are locked. One that was merged stands for the one that it was merged into; a rejected one for none. */
class Known {
  readonly #byKey = new Map<string, KnownFeature>();
  readonly #byId = new Map<string, KnownFeature>();

  constructor(features: readonly KnownFeature[]) {
    for (const feature of features) {
      this.#byId.set(feature.id, feature);
      if (feature.inferenceKey !== null) this.#byKey.set(feature.inferenceKey, feature);
    }
  }

  targetOf({ group, joins }: Proposal): KnownFeature | null {
    let feature = joins === null ? this.#byKey.get(group.key) : this.#byId.get(joins.featureId);
    for (let steps = 0; steps < this.#byId.size && feature?.mergedIntoId != null; steps += 1) {
      feature = this.#byId.get(feature.mergedIntoId);
    }
    return feature === undefined || feature.status === 'rejected' ? null : feature;
  }
}

function toFeature({ group, confidence, reasoning }: Proposal) {
  return {
    key: group.key,
    name: group.name,
    description: describe(group.members),
    confidence,
    status: statusOf(confidence),
    reasoning,
  };
}

/** `3 endpoint, 2 payload: POST /comments: Add a comment; …` */
function describe(members: readonly EvidenceFact[]): string {
  const counts = new Map<string, number>();
  for (const { type } of members) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => `${count} ${type.replaceAll('_', ' ')}`).join(', ');
  const first = members.slice(0, 5).map(({ content }) => beginningOf(content.split('\n', 1)[0] ?? '', 160));
  return `${kinds}: ${first.join('; ')}${members.length > first.length ? '; …' : ''}`;
}

function toLinks({ group, similarities, joins }: Proposal, featureId: string): InferredLink[] {
  const isStructured = group.shared !== '';
  return group.members.map(({ id, type }) => {
    const similarity = similarities.get(id) ?? 0;
    const reasons = [
      isStructured ? `Shares ${group.shared}` : 'Is near in meaning',
      `similarity ${similarity.toFixed(2)} to the centre of its group`,
      ...(joins === null ? [] : [`the group is near to evidence of this feature (${joins.similarity.toFixed(2)})`]),
    ];
    return {
      featureId,
      evidenceId: id,
      relationship: relationshipOf[type],
      strength: strengthOf(isStructured, joins === null ? similarity : similarity * joins.similarity),
      reasoning: `${reasons.join('; ')}.`,
    };
  });
}

interface Target {
  readonly proposal: Proposal;
  readonly feature: KnownFeature;
}

/** Several groups of a document may point to one feature: each adds to it, in turn. */
function toCorroborations(
  targets: readonly Target[],
): { readonly before: KnownFeature; readonly after: Corroboration }[] {
  const byFeature = new Map<string, { readonly before: KnownFeature; readonly after: Corroboration }>();
  for (const { proposal, feature } of targets) {
    // What is said already, in another format or edition, makes nothing surer.
    if (feature.isDecided || proposal.added.facts.length === 0) continue;
    const earlier = byFeature.get(feature.id)?.after;
    const added = addedConfidence(proposal.confidence, proposal.added);
    const before = earlier?.confidence ?? feature.confidence ?? 0;
    const confidence = corroborate(before, added);
    const reason = `${proposal.added.facts.length} pieces of evidence of another document, with ${added.toFixed(2)} (+${(confidence - before).toFixed(2)})`;
    const reasoning = earlier === undefined ? reason : `${earlier.reasoning}; ${reason}`;
    const status = feature.status === 'confirmed' ? 'confirmed' : statusOf(confidence);
    byFeature.set(feature.id, { before: feature, after: { featureId: feature.id, confidence, status, reasoning } });
  }
  return [...byFeature.values()];
}

function toCreation(
  { group, confidence, reasoning }: Proposal,
  featureId: string,
  added: ReadonlyMap<string, number>,
): NotedChange {
  return {
    featureId,
    action: 'created',
    event: 'featureInferred',
    oldValues: null,
    newValues: {
      name: group.name,
      status: statusOf(confidence),
      confidence_score: confidence,
      reasoning,
      linked_evidence: added.get(featureId) ?? 0,
    },
  };
}

function toUpdate(before: KnownFeature, after: Corroboration, added: ReadonlyMap<string, number>): NotedChange {
  return {
    featureId: after.featureId,
    action: 'updated',
    event: 'featureCorroborated',
    oldValues: { confidence_score: before.confidence, status: before.status },
    newValues: {
      confidence_score: after.confidence,
      status: after.status,
      reasoning: after.reasoning,
      linked_evidence: added.get(after.featureId) ?? 0,
    },
  };
}
