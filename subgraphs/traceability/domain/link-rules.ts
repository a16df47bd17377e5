import { kindOfId, type ArtifactKind } from './artifact-kinds.js';

/** The three of the ladder, the levels that a graph may skip, and what depends on what without being part of it. */
export const linkTypes = [
  ...(['REQ_TO_US', 'US_TO_SPEC', 'SPEC_TO_EVIDENCE'] as const),
  ...(['REQ_TO_REQ', 'REQ_TO_SPEC', 'REQ_TO_EVIDENCE', 'US_TO_EVIDENCE', 'DEPENDS_ON'] as const),
] as const;
export type LinkType = (typeof linkTypes)[number];

/** How a child names what it is for. `PARENT` is `parent_id`. */
export const edgeRelations = ['PARENT', 'SATISFIES', 'IMPLEMENTS', 'VERIFIES', 'DEPENDS_ON'] as const;
export type EdgeRelation = (typeof edgeRelations)[number];

/** What an artifact says that it is for, or depends on. */
export interface Edge {
  readonly parentId: string;
  readonly relation: EdgeRelation;
}

/** The kinds that can name something. */
export type ChildKind = 'REQUIREMENT' | 'USER_STORY' | 'SPECIFICATION' | 'SIGNED_EVIDENCE';

interface LinkRule {
  readonly type: LinkType;
  readonly parent: ArtifactKind;
}

/** By child: what it may be for, the level above first. */
const rulesOfChild: Readonly<Record<ChildKind, readonly [LinkRule, ...LinkRule[]]>> = {
  REQUIREMENT: [{ type: 'REQ_TO_REQ', parent: 'REQUIREMENT' }],
  USER_STORY: [{ type: 'REQ_TO_US', parent: 'REQUIREMENT' }],
  SPECIFICATION: [
    { type: 'US_TO_SPEC', parent: 'USER_STORY' },
    { type: 'REQ_TO_SPEC', parent: 'REQUIREMENT' },
  ],
  SIGNED_EVIDENCE: [
    { type: 'SPEC_TO_EVIDENCE', parent: 'SPECIFICATION' },
    { type: 'US_TO_EVIDENCE', parent: 'USER_STORY' },
    { type: 'REQ_TO_EVIDENCE', parent: 'REQUIREMENT' },
  ],
};

const dependable: readonly ArtifactKind[] = ['REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE'];

export function isChildKind(kind: ArtifactKind): kind is ChildKind {
  return Object.hasOwn(rulesOfChild, kind);
}

/** The kinds that a child may name in this relation, the level above first. */
export function parentKinds(child: ChildKind, relation: EdgeRelation): readonly ArtifactKind[] {
  return relation === 'DEPENDS_ON' ? dependable : rulesOfChild[child].map(({ parent }) => parent);
}

/** `parent` is null where it is not found: then the id's prefix says what is meant, and else it is the level above. */
export function linkTypeOf(child: ChildKind, { parentId, relation }: Edge, parent: ArtifactKind | null): LinkType {
  if (relation === 'DEPENDS_ON') return 'DEPENDS_ON';
  const rules = rulesOfChild[child];
  const meant = parent ?? kindOfId(parentId);
  return (rules.find((rule) => rule.parent === meant) ?? rules[0]).type;
}

/** What a single parent is named by, where nothing more is said: evidence is about its specification. */
export function relationOfParent(kind: ArtifactKind): EdgeRelation {
  return kind === 'SIGNED_EVIDENCE' ? 'VERIFIES' : 'PARENT';
}

/** All that an artifact names. `edges` is null or absent where that is its parent alone. */
export function edgesOf(artifact: {
  readonly kind: ArtifactKind;
  readonly parentId?: string | null | undefined;
  readonly edges?: readonly Edge[] | null | undefined;
}): readonly Edge[] {
  const { kind, parentId = null, edges = null } = artifact;
  return edges ?? (parentId === null ? [] : [{ parentId, relation: relationOfParent(kind) }]);
}

/** After OpenFastTrace. Where several apply, the one that stands first here is the link's status. */
export const linkStatuses = ['DUPLICATE', 'CYCLE', 'ORPHANED', 'AMBIGUOUS', 'SUSPECT', 'UNCOVERED', 'COVERED'] as const;
export type LinkStatus = (typeof linkStatuses)[number];

/** A link leads somewhere and nothing about it awaits a person: the `is_valid` column. */
export function isValidLink(status: LinkStatus): boolean {
  return status === 'COVERED' || status === 'UNCOVERED';
}
