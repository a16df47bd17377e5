/** Evidence linked to a feature by a reviewer, and unlinked. */
import { userError } from '../../../kernel/errors/index.js';
import { assertVersion, write, type Writer, type Written, type WriteTransaction } from '../../../kernel/write/index.js';
import { assertShare, assertText, limits } from '../../domain/feature-rules.js';
import { deleteLink, listLinks, saveLinks, type FeatureLink } from '../../repository/feature-links.js';
import { editFeature, lockFeature } from '../../repository/features.js';
import { actorOf, changeFeature, withCurrentFeature, type FeaturePayload } from './change-feature.js';

export interface LinkInput {
  readonly evidenceId: string;
  readonly relationshipType: FeatureLink['relationshipType'];
  readonly strength?: number | null;
  readonly reasoning?: string | null;
}

interface FeatureAtVersion {
  readonly featureId: string;
  readonly expectedVersion?: number | null;
}

/** Throws VALIDATION. Numbers as the database keeps them, so that what did not change is seen not to. */
export function toLink(
  { strength = null, reasoning = null, ...rest }: LinkInput,
  at: readonly string[] = [],
): FeatureLink {
  if (strength !== null) assertShare([...at, 'strength'], strength);
  if (reasoning !== null) assertText([...at, 'reasoning'], reasoning, limits.reason);
  return { ...rest, strength: strength === null ? null : Math.round(strength * 100) / 100, reasoning };
}

export const noSuchEvidence = {
  feature_evidence_evidence_id_fkey: userError('NOT_FOUND', 'evidenceId', 'There is no such evidence.'),
};

/** Links, or changes the link that there is. */
export async function linkEvidence(
  writer: Writer,
  { featureId, expectedVersion = null }: FeatureAtVersion,
  input: LinkInput,
): Promise<Written<{ feature: string; featureEvidence: string }>> {
  const payload = await write(
    writer,
    { operation: 'featureEvidenceLink', constraints: noSuchEvidence },
    async (tx: WriteTransaction) => {
      const link = toLink(input);
      const feature = await lockFeature(tx, featureId);
      if (expectedVersion !== null) assertVersion({ expected: expectedVersion, current: feature.version });
      const [before] = await listLinks(tx, featureId, [link.evidenceId]);
      const [id] = await saveLinks(tx, featureId, [link]);
      if (id === undefined) throw new Error('a link was not stored');
      if (before === undefined || JSON.stringify(valuesOf(before)) !== JSON.stringify(valuesOf(link))) {
        await editFeature(tx, actorOf(writer), feature, {
          action: 'updated',
          event: 'featureEvidenceLinked',
          values: {},
          ...(before !== undefined && { oldValues: { link: valuesOf(before) } }),
          newValues: { link: valuesOf(link) },
        });
      }
      return { feature: featureId, featureEvidence: id };
    },
  );
  return withCurrentFeature(payload, featureId);
}

export function unlinkEvidence(writer: Writer, target: FeatureAtVersion, evidenceId: string): Promise<FeaturePayload> {
  const { featureId } = target;
  return changeFeature(writer, { operation: 'featureEvidenceUnlink', ...target }, async (tx) => {
    const [before] = await listLinks(tx, featureId, [evidenceId]);
    if (before === undefined) throw userError('NOT_FOUND', 'evidenceId', 'The evidence is not linked to this feature.');
    await deleteLink(tx, featureId, evidenceId);
    return {
      action: 'updated',
      event: 'featureEvidenceUnlinked',
      values: {},
      oldValues: { link: valuesOf(before) },
      newValues: { unlinked: evidenceId },
    };
  });
}

/** A link as the history shows it. */
function valuesOf({ evidenceId, relationshipType, strength, reasoning }: FeatureLink): Record<string, unknown> {
  return { evidence_id: evidenceId, relationship_type: relationshipType, strength, reasoning };
}
