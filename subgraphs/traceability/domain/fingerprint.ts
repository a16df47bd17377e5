import { createHash } from 'node:crypto';
import type { Artifact, SignedEvidenceArtifact } from './artifact-types.js';

/** Everything that can be a parent, or be compared with one. */
export type NormativeArtifact = Exclude<Artifact, SignedEvidenceArtifact>;

/**
 * SHA-256, hex, of what an artifact demands: the text its children were written against. White space, line endings and
 * Unicode composition do not count; nor do statuses, ratings, tiers, file lists and the place in the tree, because a
 * change of those asks nothing new of a child.
 */
export function fingerprintOf(artifact: NormativeArtifact): string {
  const texts = normativeTexts(artifact).map((text) => (text ?? '').normalize('NFC').replace(/\s+/g, ' ').trim());
  // JSON keeps the borders: text that moves from one field to the next is a change.
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

function normativeTexts(artifact: NormativeArtifact): readonly (string | null)[] {
  switch (artifact.kind) {
    case 'SYSTEM_CONTEXT':
      return [artifact.projectName, artifact.intendedUse, artifact.regulatoryContext, artifact.markdownContent];
    case 'REQUIREMENT':
      return [artifact.title, artifact.description, artifact.markdownContent, ...artifact.acceptanceCriteria];
    case 'USER_STORY':
      return [
        ...[artifact.title, artifact.asA, artifact.iWant, artifact.soThat, artifact.markdownContent],
        ...artifact.acceptanceCriteria,
      ];
    case 'SPECIFICATION':
      return [artifact.title, artifact.designApproach, artifact.markdownContent];
    default:
      return artifact satisfies never;
  }
}
