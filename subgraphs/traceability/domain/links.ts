import type { ArtifactKind } from './artifact-kinds.js';
import type { EvidenceResultValue } from './evidence-result.js';
import type { FreshnessValue } from './freshness.js';
import { findCircles } from './circles.js';
import {
  edgesOf,
  isChildKind,
  isValidLink,
  linkTypeOf,
  parentKinds,
  type ChildKind,
  type Edge,
  type EdgeRelation,
  type LinkStatus,
  type LinkType,
} from './link-rules.js';

/** An artifact as far as links care. */
export interface LinkNode {
  readonly repositoryId: string;
  readonly gxpId: string;
  readonly kind: ArtifactKind;
  readonly parentId: string | null;
  /** All that it names, where that is more than its parent. */
  readonly edges?: readonly Edge[] | null;
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
  /** How the child names the parent. */
  readonly relation: EdgeRelation;
  /** Where the parent was found; null when nowhere, or in several places. */
  readonly sourceRepositoryId: string | null;
  /** What was found there; null as well. */
  readonly sourceKind: ArtifactKind | null;
  readonly targetKind: ArtifactKind;
  readonly status: LinkStatus;
  readonly isValid: boolean;
  /** The child is evidence that proves, or some evidence that does is reached from it over valid links. */
  readonly reachesProof: boolean;
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
 * The artifact of one of the kinds that bears the parent's id: in the child's repository if it is there, else the only
 * one elsewhere. None is ORPHANED; several elsewhere is AMBIGUOUS, because guessing would forge a trace.
 */
export function resolveParent(
  child: LinkNode,
  parentId: string,
  kinds: readonly ArtifactKind[] | null,
  index: NodeIndex,
): Resolution {
  const candidates = (index.get(parentId) ?? []).filter((node) => kinds === null || kinds.includes(node.kind));
  const here = candidates.find((node) => node.repositoryId === child.repositoryId);
  const [node = here, second] = here === undefined ? candidates : [here];
  if (node === undefined) return { outcome: 'ORPHANED' };
  return second === undefined ? { outcome: 'FOUND', node } : { outcome: 'AMBIGUOUS' };
}

/**
 * A link for everything that a node names, with its status. Where several statuses apply, the first counts:
 * 1. DUPLICATE: the child's id, or the id of the parent found, is declared by more than one file of its repository.
 * 2. CYCLE: following parents from the parent, whatever their level, leads to the child; dependencies are a graph of their own.
 * 3. ORPHANED, AMBIGUOUS: as {@link resolveParent} says.
 * 4. SUSPECT: the parent's fingerprint is not the one last seen.
 * 5. COVERED when the child is covered ({@link coveredNodes}), else UNCOVERED.
 */
export function resolveLinks(nodes: readonly LinkNode[], seen: SeenFingerprints = new Map()): readonly Link[] {
  const index = indexNodes(nodes);
  const context = { index, seen, circles: circlesOf(nodes, index, false), loops: circlesOf(nodes, index, true) };
  const links = nodes.flatMap((child) => {
    const { kind } = child;
    return isChildKind(kind) ? edgesOf(child).map((edge) => openLink(child, kind, edge, context)) : [];
  });
  const { covered, reaching } = proofOf(nodes, links);
  return links.map((link) => {
    const child = nodeKey(link.repositoryId, link.targetId);
    const isCovered = link.status === 'UNCOVERED' && covered.has(child);
    return { ...link, reachesProof: reaching.has(child), ...(isCovered && { status: 'COVERED' as const }) };
  });
}

/** {@link findCircles} of what the nodes' parents are, or of what they depend on. */
type Circles = ReadonlyMap<string, number>;

interface LinkContext {
  readonly index: NodeIndex;
  readonly circles: Circles;
  readonly loops: Circles;
  readonly seen: SeenFingerprints;
}

/** The link as far as one child and its parent tell; coverage comes later. */
function openLink(child: LinkNode, childKind: ChildKind, edge: Edge, context: LinkContext): Link {
  const { parentId, relation } = edge;
  const resolution = resolveParent(child, parentId, parentKinds(childKind, relation), context.index);
  const parent = resolution.outcome === 'FOUND' ? resolution.node : null;
  const ends = { repositoryId: child.repositoryId, sourceId: parentId, targetId: child.gxpId };
  const lastSeen = context.seen.get(linkKey(ends)) ?? null;
  const status = ((): LinkStatus => {
    if (child.isDuplicate === true || parent?.isDuplicate === true) return 'DUPLICATE';
    if (isInCircle(child, parentId, relation, context)) return 'CYCLE';
    if (resolution.outcome !== 'FOUND') return resolution.outcome;
    return lastSeen !== null && lastSeen !== parent?.fingerprint ? 'SUSPECT' : 'UNCOVERED';
  })();
  return {
    ...ends,
    type: linkTypeOf(childKind, edge, parent?.kind ?? null),
    relation,
    sourceRepositoryId: parent?.repositoryId ?? null,
    sourceKind: parent?.kind ?? null,
    targetKind: childKind,
    status,
    isValid: isValidLink(status),
    reachesProof: false,
    // A parent that went away and came back is held against what was seen before.
    parentFingerprint: lastSeen ?? parent?.fingerprint ?? null,
  };
}

function isInCircle(child: LinkNode, parentId: string, relation: EdgeRelation, context: LinkContext): boolean {
  const circles = relation === 'DEPENDS_ON' ? context.loops : context.circles;
  const circle = circles.get(nodeKey(child.repositoryId, child.gxpId));
  if (circle === undefined) return false;
  const resolution = resolveParent(child, parentId, null, context.index);
  if (resolution.outcome !== 'FOUND') return false;
  return circles.get(nodeKey(resolution.node.repositoryId, resolution.node.gxpId)) === circle;
}

/** Links by the key of the parent that they lead to. Dependencies are no parts. */
function linksByParent(links: readonly Link[]): Map<string, Link[]> {
  const byParent = new Map<string, Link[]>();
  for (const link of links) {
    if (link.sourceRepositoryId === null || link.relation === 'DEPENDS_ON') continue;
    const key = nodeKey(link.sourceRepositoryId, link.sourceId);
    const siblings = byParent.get(key);
    if (siblings === undefined) byParent.set(key, [link]);
    else siblings.push(link);
  }
  return byParent;
}

/**
 * By key of evidence: how many signatures it needs, where that is more than one: as many as the strictest of the
 * requirements above it asks for.
 */
export function signaturesRequired(nodes: readonly LinkNode[], links: readonly Link[]): ReadonlyMap<string, number> {
  const required = new Map<string, number>();
  const byParent = linksByParent(links);
  for (const { kind, signaturesRequired: count = 1, repositoryId, gxpId } of nodes) {
    if (kind !== 'REQUIREMENT' || count <= 1) continue;
    const pending = [nodeKey(repositoryId, gxpId)];
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      if ((required.get(key) ?? 1) >= count) continue;
      required.set(key, count);
      for (const link of byParent.get(key) ?? []) pending.push(nodeKey(link.repositoryId, link.targetId));
    }
  }
  return required;
}

/**
 * The keys of the nodes that are covered, from the bottom up. Evidence is covered when its signature is verified by as
 * many keys as are asked for, its result is PASS and it isn't stale; it is refuted when its signature is false, or its
 * result FAIL and it isn't stale. Whatever else is covered when each artifact below it is, none of the evidence that is
 * directly about it is refuted, and at least one of both covers it: so evidence that passes is reached on every way down,
 * however many levels that has. One link that is SUSPECT, DUPLICATE or CYCLE leaves its parent uncovered until somebody
 * has looked at it.
 */
export function coveredNodes(nodes: readonly LinkNode[], links: readonly Link[]): ReadonlySet<string> {
  return proofOf(nodes, links).covered;
}

/** `covered` as {@link coveredNodes} says; `reaching` are the keys from which some evidence that proves is reached. */
function proofOf(
  nodes: readonly LinkNode[],
  links: readonly Link[],
): { readonly covered: ReadonlySet<string>; readonly reaching: ReadonlySet<string> } {
  const byParent = linksByParent(links);
  const required = signaturesRequired(nodes, links);
  const byKey = new Map(nodes.map((node) => [nodeKey(node.repositoryId, node.gxpId), node]));
  const refuted = new Set(nodes.filter(isRefuted).map((node) => nodeKey(node.repositoryId, node.gxpId)));
  const [covered, reaching] = [new Set<string>(), new Set<string>()];
  const judge = (key: string, node: LinkNode): void => {
    const children = byParent.get(key) ?? [];
    if (node.kind === 'SIGNED_EVIDENCE') {
      if (!proves(node, required.get(key) ?? 1)) return;
      covered.add(key);
      reaching.add(key);
      return;
    }
    if (isCovered(children, covered, refuted)) covered.add(key);
    if (children.some((link) => link.isValid && reaching.has(targetKey(link)))) reaching.add(key);
  };
  // Children before their parents. What leads back to itself is judged as it is met: its links are invalid anyway.
  const done = new Set<string>();
  for (const start of byKey.keys()) {
    const walk = [start];
    for (let key = walk.at(-1); key !== undefined; key = walk.at(-1)) {
      const below = done.has(key) ? [] : (byParent.get(key) ?? []).map(targetKey).filter((child) => !done.has(child));
      done.add(key);
      for (const child of below) walk.push(child);
      if (below.length > 0) continue;
      walk.pop();
      const node = byKey.get(key);
      if (node !== undefined) judge(key, node);
    }
  }
  return { covered, reaching };
}

function targetKey(link: Link): string {
  return nodeKey(link.repositoryId, link.targetId);
}

/** Whoever says FAIL is believed without a signature: only proof needs one. What was mended since then refutes no more. */
function isRefuted({ signatureVerified, result, freshness }: LinkNode): boolean {
  return signatureVerified === false || (result === 'FAIL' && freshness !== 'STALE');
}

function proves({ signatureVerified, signerCount, result, freshness }: LinkNode, required: number): boolean {
  return signatureVerified === true && (signerCount ?? 1) >= required && result === 'PASS' && freshness !== 'STALE';
}

function isCovered(children: readonly Link[], covered: ReadonlySet<string>, refuted: ReadonlySet<string>): boolean {
  if (!children.every((link) => link.isValid)) return false;
  return (
    children.some((link) => covered.has(targetKey(link))) &&
    children.every((link) =>
      link.targetKind === 'SIGNED_EVIDENCE' ? !refuted.has(targetKey(link)) : covered.has(targetKey(link)),
    )
  );
}

/** Parents are found at whatever level: a circle is one even when its levels are wrong. */
function circlesOf(nodes: readonly LinkNode[], index: NodeIndex, ofDependencies: boolean): Circles {
  const parents = new Map<string, string[]>();
  for (const node of nodes) {
    const found = edgesOf(node).flatMap(({ parentId, relation }) => {
      if ((relation === 'DEPENDS_ON') !== ofDependencies) return [];
      const resolution = resolveParent(node, parentId, null, index);
      return resolution.outcome === 'FOUND' ? [nodeKey(resolution.node.repositoryId, resolution.node.gxpId)] : [];
    });
    if (found.length > 0) parents.set(nodeKey(node.repositoryId, node.gxpId), found);
  }
  return findCircles(parents);
}

export function nodeKey(repositoryId: string, gxpId: string): string {
  return `${repositoryId}/${gxpId}`;
}
