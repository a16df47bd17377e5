import { createHash } from 'node:crypto';
import type { Artefact, SignedEvidenceArtefact } from './artefact-types.js';

/** Everything that can be a parent, or be compared with one. */
export type NormativeArtefact = Exclude<Artefact, SignedEvidenceArtefact>;

/**
 * SHA-256, hex, of what an artefact demands: the text its children were written against. White space, line endings and
 * Unicode composition do not count; nor do statuses, ratings, tiers, file lists and the place in the tree, because a
 * change of those asks nothing new of a child.
 */
export function fingerprintOf(artefact: NormativeArtefact): string {
  const texts = normativeTexts(artefact).map((text) => (text ?? '').normalize('NFC').replace(/\s+/g, ' ').trim());
  // JSON keeps the borders: text that moves from one field to the next is a change.
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

function normativeTexts(artefact: NormativeArtefact): readonly (string | null)[] {
  switch (artefact.kind) {
    case 'SYSTEM_CONTEXT':
      return [artefact.projectName, artefact.intendedUse, artefact.regulatoryContext, artefact.markdownContent];
    case 'REQUIREMENT':
      return [artefact.title, artefact.description, artefact.markdownContent, ...artefact.acceptanceCriteria];
    case 'USER_STORY':
      return [
        ...[artefact.title, artefact.asA, artefact.iWant, artefact.soThat, artefact.markdownContent],
        ...artefact.acceptanceCriteria,
      ];
    case 'SPECIFICATION':
      return [artefact.title, artefact.designApproach, artefact.markdownContent];
    default:
      return artefact satisfies never;
  }
}
