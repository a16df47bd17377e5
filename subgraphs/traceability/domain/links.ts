import type { ArtifactKind } from './artifact-kinds.js';
import type { EvidenceResultValue } from './evidence-result.js';
import type { FreshnessValue } from './freshness.js';
import { isValidLink, linkRuleOfChild, type ChildKind, type LinkStatus, type LinkType } from './link-rules.js';
import { findCycleMembers } from './parent-cycles.js';

/** An artifact as far as links care. */
export interface LinkNode {
  readonly repositoryId: string;
  readonly gxpId: string;
  readonly kind: ArtifactKind;
  readonly parentId: string | null;
  /** Of the normative text; null for evidence. */
  readonly fingerprint: string | null;
  /** Of evidence: the verdict on its signature. */
  readonly signatureVerified?: boolean | null;
  /** Of evidence: what its payload says came out. Null: not read yet. */
  readonly result?: EvidenceResultValue | null;
  /** Of evidence: STALE neither proves nor refutes. Null: not known yet. */
  readonly freshness?: FreshnessValue | null;
  /** Of evidence: how many different trusted keys have signed it. Null: not counted yet. */
  readonly signerCount?: number | null;
  /** Of a requirement: how many signatures the policy of its repository asks of evidence below it. Of no account elsewhere. */
  readonly signaturesRequired?: number;
  /** More than one file of its repository declares this id. */
  readonly isDuplicate?: boolean;
}

export interface Link {
  /** The child's repository, which owns the link. */
  readonly repositoryId: string;
  /** The parent's gxp_id. */
  readonly sourceId: string;
  /** The child's gxp_id. */
  readonly targetId: string;
  readonly type: LinkType;
  /** Where the parent was found; null when nowhere, or in several places. */
  readonly sourceRepositoryId: string | null;
  readonly status: LinkStatus;
  readonly isValid: boolean;
  /** The parent's fingerprint that a person has seen: at the link's making, or at its last review. */
  readonly parentFingerprint: string | null;
}

/** What is remembered of a link between scans, by {@link linkKey}: the fingerprint last seen. */
export type SeenFingerprints = ReadonlyMap<string, string | null>;

export function linkKey(link: Pick<Link, 'repositoryId' | 'sourceId' | 'targetId'>): string {
  return `${link.repositoryId}/${link.sourceId}/${link.targetId}`;
}

/** How a parent id resolves. */
export type Resolution =
  { readonly outcome: 'FOUND'; readonly node: LinkNode } | { readonly outcome: 'ORPHANED' | 'AMBIGUOUS' };

/** Artifacts by id. Give it the nodes of the child's repository and those elsewhere that bear a parent's id. */
export type NodeIndex = ReadonlyMap<string, readonly LinkNode[]>;

export function indexNodes(nodes: readonly LinkNode[]): NodeIndex {
  const index = new Map<string, LinkNode[]>();
  for (const node of nodes) {
    const same = index.get(node.gxpId);
    if (same === undefined) index.set(node.gxpId, [node]);
    else same.push(node);
  }
  return index;
}

/**
 * The artifact of the level above that bears the parent's id: in the child's repository if it is there, else the only
 * one elsewhere. None is ORPHANED; several elsewhere is AMBIGUOUS, because guessing would forge a trace.
 */
export function resolveParent(
  child: LinkNode,
  parentId: string,
  kind: ArtifactKind | null,
  index: NodeIndex,
): Resolution {
  const candidates = (index.get(parentId) ?? []).filter((node) => kind === null || node.kind === kind);
  const here = candidates.find((node) => node.repositoryId === child.repositoryId);
  const [node = here, second] = here === undefined ? candidates : [here];
  if (node === undefined) return { outcome: 'ORPHANED' };
  return second === undefined ? { outcome: 'FOUND', node } : { outcome: 'AMBIGUOUS' };
}

/**
 * The link of every node that names a parent, with its status. Where several statuses apply, the first counts:
 * 1. DUPLICATE: the child's id, or the id of the parent found, is declared by more than one file of its repository.
 * 2. CYCLE: following parents from the child, whatever their level, leads back to it.
 * 3. ORPHANED, AMBIGUOUS: as {@link resolveParent} says.
 * 4. SUSPECT: the parent's fingerprint is not the one last seen.
 * 5. COVERED when the child is covered ({@link coveredNodes}), else UNCOVERED.
 */
export function resolveLinks(nodes: readonly LinkNode[], seen: SeenFingerprints = new Map()): readonly Link[] {
  const index = indexNodes(nodes);
  const cycleKeys = findCycleMembers(parentKeys(nodes, index));
  const links = nodes.flatMap((child) => {
    if (child.parentId === null || !isChildKind(child.kind)) return [];
    return [openLink(child, child.kind, child.parentId, { index, cycleKeys, seen })];
  });
  const covered = coveredNodes(nodes, links);
  return links.map((link) => {
    const isCovered = link.status === 'UNCOVERED' && covered.has(nodeKey(link.repositoryId, link.targetId));
    return isCovered ? { ...link, status: 'COVERED' as const } : link;
  });
}

interface LinkContext {
  readonly index: NodeIndex;
  readonly cycleKeys: ReadonlySet<string>;
  readonly seen: SeenFingerprints;
}

/** The link as far as one child and its parent tell; coverage comes later. */
function openLink(child: LinkNode, childKind: ChildKind, parentId: string, context: LinkContext): Link {
  const rule = linkRuleOfChild[childKind];
  const resolution = resolveParent(child, parentId, rule.parent, context.index);
  const parent = resolution.outcome === 'FOUND' ? resolution.node : null;
  const ends = { repositoryId: child.repositoryId, sourceId: parentId, targetId: child.gxpId };
  const lastSeen = context.seen.get(linkKey(ends)) ?? null;
  const status = ((): LinkStatus => {
    if (child.isDuplicate === true || parent?.isDuplicate === true) return 'DUPLICATE';
    if (context.cycleKeys.has(nodeKey(child.repositoryId, child.gxpId))) return 'CYCLE';
    if (resolution.outcome !== 'FOUND') return resolution.outcome;
    return lastSeen !== null && lastSeen !== parent?.fingerprint ? 'SUSPECT' : 'UNCOVERED';
  })();
  return {
    ...ends,
    type: rule.type,
    sourceRepositoryId: parent?.repositoryId ?? null,
    status,
    isValid: isValidLink(status),
    // A parent that went away and came back is held against what was seen before.
    parentFingerprint: lastSeen ?? parent?.fingerprint ?? null,
  };
}

/**
 * By key of evidence: how many signatures it needs, where that is more than one: as many as the strictest of the
 * requirements above it asks for.
 */
export function signaturesRequired(nodes: readonly LinkNode[], links: readonly Link[]): ReadonlyMap<string, number> {
  const required = new Map<string, number>();
  const childrenOf = new Map<string, string[]>();
  for (const link of links) {
    if (link.sourceRepositoryId === null) continue;
    const parent = nodeKey(link.sourceRepositoryId, link.sourceId);
    const siblings = childrenOf.get(parent) ?? [];
    childrenOf.set(parent, siblings);
    siblings.push(nodeKey(link.repositoryId, link.targetId));
  }
  for (const { kind, signaturesRequired: count = 1, repositoryId, gxpId } of nodes) {
    if (kind !== 'REQUIREMENT' || count <= 1) continue;
    const pending = [nodeKey(repositoryId, gxpId)];
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      if ((required.get(key) ?? 1) >= count) continue;
      required.set(key, count);
      pending.push(...(childrenOf.get(key) ?? []));
    }
  }
  return required;
}

/**
 * The keys of the nodes that are covered, from the bottom up. Evidence is covered when its signature is verified by as
 * many keys as are asked for, its result is PASS and it isn't stale; it is refuted when its signature is false, or its
 * result FAIL and it isn't stale. A specification is covered when some
 * evidence of it is covered and none is refuted. A user story or requirement is
 * covered when it has children and all are covered. Children count over links that lead to their parent; one link that
 * is SUSPECT, DUPLICATE or CYCLE leaves its parent uncovered until somebody has looked at it.
 */
export function coveredNodes(nodes: readonly LinkNode[], links: readonly Link[]): ReadonlySet<string> {
  const childLinks = new Map<string, Link[]>();
  for (const link of links) {
    if (link.sourceRepositoryId === null) continue;
    const key = nodeKey(link.sourceRepositoryId, link.sourceId);
    const siblings = childLinks.get(key);
    if (siblings === undefined) childLinks.set(key, [link]);
    else siblings.push(link);
  }
  const required = signaturesRequired(nodes, links);
  const refuted = new Set(nodes.filter(isRefuted).map((node) => nodeKey(node.repositoryId, node.gxpId)));
  const covered = new Set<string>();
  const levels: readonly ArtifactKind[] = ['SIGNED_EVIDENCE', 'SPECIFICATION', 'USER_STORY', 'REQUIREMENT'];
  for (const level of levels) {
    for (const node of nodes) {
      if (node.kind !== level) continue;
      const key = nodeKey(node.repositoryId, node.gxpId);
      const isProven =
        node.kind === 'SIGNED_EVIDENCE'
          ? proves(node, required.get(key) ?? 1)
          : isCovered(node, childLinks.get(key) ?? [], covered, refuted);
      if (isProven) covered.add(key);
    }
  }
  return covered;
}

/** Whoever says FAIL is believed without a signature: only proof needs one. What was mended since then refutes no more. */
function isRefuted({ signatureVerified, result, freshness }: LinkNode): boolean {
  return signatureVerified === false || (result === 'FAIL' && freshness !== 'STALE');
}

function proves({ signatureVerified, signerCount, result, freshness }: LinkNode, required: number): boolean {
  return signatureVerified === true && (signerCount ?? 1) >= required && result === 'PASS' && freshness !== 'STALE';
}

function isCovered(
  node: LinkNode,
  children: readonly Link[],
  covered: ReadonlySet<string>,
  refuted: ReadonlySet<string>,
): boolean {
  const isChildCovered = (link: Link) => covered.has(nodeKey(link.repositoryId, link.targetId));
  if (!children.every((link) => link.isValid)) return false;
  if (node.kind !== 'SPECIFICATION') return children.length > 0 && children.every(isChildCovered);
  return (
    children.some(isChildCovered) && !children.some((link) => refuted.has(nodeKey(link.repositoryId, link.targetId)))
  );
}

/** Each node's parent as a key, found at whatever level: a circle is one even when its levels are wrong. */
function parentKeys(nodes: readonly LinkNode[], index: NodeIndex): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  for (const node of nodes) {
    if (node.parentId === null) continue;
    const resolution = resolveParent(node, node.parentId, null, index);
    if (resolution.outcome !== 'FOUND') continue;
    const parent = resolution.node;
    parents.set(nodeKey(node.repositoryId, node.gxpId), nodeKey(parent.repositoryId, parent.gxpId));
  }
  return parents;
}

export function nodeKey(repositoryId: string, gxpId: string): string {
  return `${repositoryId}/${gxpId}`;
}

function isChildKind(kind: ArtifactKind): kind is ChildKind {
  return Object.hasOwn(linkRuleOfChild, kind);
}
