/** The links between the artifacts of a repository, and what was seen and reviewed of each. */
import {
  fingerprintOf,
  linkKey,
  resolveLinks,
  type Link,
  type LinkNode,
} from '../../../subgraphs/traceability/domain/index.js';
import type { Verification } from '../../../subgraphs/traceability/repository/ingest/artifact-rows.js';
import { at } from '../calendar.js';
import type { RepositoryStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import type { Told } from './artifacts.js';
import { pushAt, type Push } from './pushes.js';

/** On signatures, by the evidence's gxpId. */
export type Verdicts = ReadonlyMap<string, Verification>;

export function linkNodesOf(fullName: string, told: readonly Told[], verdicts: Verdicts): LinkNode[] {
  return told.map(({ artifact }) => ({
    repositoryId: idOf(fullName),
    gxpId: artifact.gxpId,
    kind: artifact.kind,
    parentId: 'parentId' in artifact ? artifact.parentId : null,
    fingerprint: artifact.kind === 'SIGNED_EVIDENCE' ? null : fingerprintOf(artifact),
    signatureVerified: verdicts.get(artifact.gxpId)?.verdict.verified ?? null,
    result: artifact.kind === 'SIGNED_EVIDENCE' ? artifact.result.result : null,
  }));
}

export function tellLinks(
  { fullName }: RepositoryStory,
  pushes: readonly Push[],
  told: readonly Told[],
  verdicts: Verdicts,
  rows: RowSet,
): void {
  const byId = new Map(told.map((each) => [each.artifact.gxpId, each]));
  const nodes = linkNodesOf(fullName, told, verdicts);
  for (const link of resolveLinks(nodes, seenFingerprints(fullName, told))) {
    tellLink(fullName, pushes, link, byId, rows);
  }
}

/** Who was there before the parent changed has seen what it said then, until somebody reviewed the link. */
export function seenFingerprints(fullName: string, told: readonly Told[]): Map<string, string> {
  const byId = new Map(told.map((each) => [each.artifact.gxpId, each]));
  const seen = new Map<string, string>();
  for (const { artifact, since, linkReviewed } of told) {
    if (!('parentId' in artifact) || artifact.parentId === null || linkReviewed !== undefined) continue;
    const before = byId.get(artifact.parentId)?.before;
    if (before === undefined || since >= before.on) continue;
    const ends = { repositoryId: idOf(fullName), sourceId: artifact.parentId, targetId: artifact.gxpId };
    seen.set(linkKey(ends), fingerprintOf(before.artifact));
  }
  return seen;
}

function tellLink(
  fullName: string,
  pushes: readonly Push[],
  link: Link,
  byId: ReadonlyMap<string, Told>,
  rows: RowSet,
): void {
  const child = byId.get(link.targetId);
  const parent = byId.get(link.sourceId);
  const changedOn = parent?.before?.on;
  const review = child?.linkReviewed;
  const id = idOf(`link ${fullName} ${link.targetId}`);
  const made = pushAt(pushes, child?.since ?? '').at;
  rows.add('traceability.traceability_links', {
    id,
    repository_id: link.repositoryId,
    source_id: link.sourceId,
    target_id: link.targetId,
    link_type: link.type,
    relation: link.relation,
    reaches_proof: link.reachesProof,
    is_valid: link.isValid,
    status: link.status,
    source_repository_id: link.sourceRepositoryId,
    parent_fingerprint: link.parentFingerprint,
    suspect_since: link.status === 'SUSPECT' && changedOn !== undefined ? pushAt(pushes, changedOn).at : null,
    reviewed_by: review === undefined ? null : people[review.by].subject,
    reviewed_at: review === undefined ? null : at(review.on, '15:00'),
    review_note: review?.note ?? null,
    created_at: made,
    updated_at: review === undefined ? made : at(review.on, '15:00'),
  });
  if (review === undefined || parent?.before === undefined) return;
  rows.note({
    at: at(review.on, '15:00'),
    user: people[review.by].subject,
    type: 'TraceabilityLink',
    key: id,
    repository: fullName,
    action: 'linkReviewed',
    details: {
      parentFingerprint: [fingerprintOf(parent.before.artifact), link.parentFingerprint],
      note: review.note,
    },
  });
}
