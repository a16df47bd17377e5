import type { ArtifactKind } from './artifact-kinds.js';

export const linkTypes = ['REQ_TO_US', 'US_TO_SPEC', 'SPEC_TO_EVIDENCE'] as const;
export type LinkType = (typeof linkTypes)[number];

/** The kinds that name a parent. */
export type ChildKind = 'USER_STORY' | 'SPECIFICATION' | 'SIGNED_EVIDENCE';

export interface LinkRule {
  readonly type: LinkType;
  readonly parent: ArtifactKind;
  readonly child: ChildKind;
}

/** Which level may name which as its parent. */
export const linkRuleOfChild: Readonly<Record<ChildKind, LinkRule>> = {
  USER_STORY: { type: 'REQ_TO_US', parent: 'REQUIREMENT', child: 'USER_STORY' },
  SPECIFICATION: { type: 'US_TO_SPEC', parent: 'USER_STORY', child: 'SPECIFICATION' },
  SIGNED_EVIDENCE: { type: 'SPEC_TO_EVIDENCE', parent: 'SPECIFICATION', child: 'SIGNED_EVIDENCE' },
};

/** After OpenFastTrace. Where several apply, the one that stands first here is the link's status. */
export const linkStatuses = ['DUPLICATE', 'CYCLE', 'ORPHANED', 'AMBIGUOUS', 'SUSPECT', 'UNCOVERED', 'COVERED'] as const;
export type LinkStatus = (typeof linkStatuses)[number];

/** A link leads somewhere and nothing about it awaits a person: the `is_valid` column. */
export function isValidLink(status: LinkStatus): boolean {
  return status === 'COVERED' || status === 'UNCOVERED';
}
