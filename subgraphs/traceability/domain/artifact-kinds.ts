import { toEnumSpelling } from './values.js';

/** The five levels of a trace, top first. */
export const artifactKinds = [
  'SYSTEM_CONTEXT',
  'REQUIREMENT',
  'USER_STORY',
  'SPECIFICATION',
  'SIGNED_EVIDENCE',
] as const;
export type ArtifactKind = (typeof artifactKinds)[number];

/** The kinds in the words of a reason. */
export const kindNames: Readonly<Record<ArtifactKind, string>> = {
  SYSTEM_CONTEXT: 'system context',
  REQUIREMENT: 'requirement',
  USER_STORY: 'user story',
  SPECIFICATION: 'specification',
  SIGNED_EVIDENCE: 'signed evidence',
};

const kindOfPrefix: ReadonlyMap<string, ArtifactKind> = new Map([
  ['REQ', 'REQUIREMENT'],
  ['US', 'USER_STORY'],
  ['SPEC', 'SPECIFICATION'],
  ['EV', 'SIGNED_EVIDENCE'],
  ['EVD', 'SIGNED_EVIDENCE'],
  ['EVID', 'SIGNED_EVIDENCE'],
  ['EVIDENCE', 'SIGNED_EVIDENCE'],
]);

const kindOfName: ReadonlyMap<string, ArtifactKind> = new Map([
  ['SYSTEM_CONTEXT', 'SYSTEM_CONTEXT'],
  ['REQUIREMENT', 'REQUIREMENT'],
  ['USER_STORY', 'USER_STORY'],
  ['SPECIFICATION', 'SPECIFICATION'],
  ['SPEC', 'SPECIFICATION'],
  ['EVIDENCE', 'SIGNED_EVIDENCE'],
  ['SIGNED_EVIDENCE', 'SIGNED_EVIDENCE'],
]);

/** Letters, digits, dot, dash and underscore: what stays itself in a file name, a URL and a search box. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function isArtifactId(text: string): boolean {
  return text.length <= 100 && idPattern.test(text);
}

/** The kind that an id's prefix says, null when the prefix is not one of the four. `REQ-001` → REQUIREMENT. */
export function kindOfId(gxpId: string): ArtifactKind | null {
  const dash = gxpId.indexOf('-');
  return dash === -1 ? null : (kindOfPrefix.get(gxpId.slice(0, dash)) ?? null);
}

/** The kind that an explicit `type:` or `kind:` names; null when it is some word of the author's own. */
export function kindOfTypeName(name: string): ArtifactKind | null {
  return kindOfName.get(toEnumSpelling(name)) ?? null;
}
