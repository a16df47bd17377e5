/** A feature's place in the hierarchy. */
import { assertVersion, write, type Writer } from '../../../kernel/write/index.js';
import { assertParent } from '../../domain/feature-rules.js';
import { editFeature, listAncestors, lockFeatures, lockHierarchy, presentFeature } from '../../repository/features.js';
import { actorOf, withCurrentFeature, type FeaturePayload } from './change-feature.js';

export interface Reparenting {
  readonly featureId: string;
  /** Null puts it at the top. */
  readonly parentFeatureId: string | null;
  readonly expectedVersion?: number | null;
}

export async function reparentFeature(writer: Writer, input: Reparenting): Promise<FeaturePayload> {
  const { featureId, parentFeatureId, expectedVersion } = input;
  const payload = await write(writer, { operation: 'featureReparent' }, async (tx) => {
    await lockHierarchy(tx);
    const features = await lockFeatures(tx, parentFeatureId === null ? [featureId] : [featureId, parentFeatureId]);
    const feature = presentFeature(features.get(featureId), 'featureId');
    if (expectedVersion != null) assertVersion({ expected: expectedVersion, current: feature.version });
    if (parentFeatureId !== null) {
      presentFeature(features.get(parentFeatureId), 'parentFeatureId');
      assertParent(featureId, parentFeatureId, await listAncestors(tx, parentFeatureId));
    }
    await editFeature(tx, actorOf(writer), feature, {
      action: 'updated',
      event: 'featureReparented',
      values: { parent_feature_id: parentFeatureId },
    });
    return { feature: featureId };
  });
  return withCurrentFeature(payload, featureId);
}
