/** Features that turned out to be one: links, outputs and parts move to the one that stays. */
import { assertVersion, write, type Writer, type WriteTransaction } from '../../../kernel/write/index.js';
import { assertCount, assertMergeable, limits } from '../../domain/feature-rules.js';
import { mergeLinks } from '../../repository/feature-links.js';
import {
  editFeature,
  listAncestors,
  lockFeatures,
  lockHierarchy,
  moveParts,
  noteChanges,
  presentFeature,
  type LockedFeature,
} from '../../repository/features.js';
import { moveOutputs } from '../../repository/feature-outputs.js';
import { actorOf, withCurrentFeature, type FeaturePayload } from './change-feature.js';

export interface Merge {
  /** The feature that stays. */
  readonly featureId: string;
  readonly sourceFeatureIds: readonly string[];
  readonly expectedVersion?: number | null;
}

export async function mergeFeatures(writer: Writer, input: Merge): Promise<FeaturePayload> {
  const { featureId: targetId, sourceFeatureIds: sourceIds, expectedVersion } = input;
  const payload = await write(writer, { operation: 'featureMerge' }, async (tx) => {
    assertCount('sourceFeatureIds', sourceIds, limits.mergedAtOnce);
    await lockHierarchy(tx);
    const features = await lockFeatures(tx, [targetId, ...sourceIds]);
    const target = presentFeature(features.get(targetId), 'featureId');
    const sources = sourceIds.map((id, index) => presentFeature(features.get(id), ['sourceFeatureIds', String(index)]));
    assertMergeable({ targetId, sourceIds, ancestorIds: await listAncestors(tx, targetId) });
    if (expectedVersion != null) assertVersion({ expected: expectedVersion, current: target.version });
    await moveEverything(tx, actorOf(writer), target, sources);
    return { feature: targetId };
  });
  return withCurrentFeature(payload, targetId);
}

async function moveEverything(
  tx: WriteTransaction,
  actor: string,
  target: LockedFeature,
  sources: readonly LockedFeature[],
): Promise<void> {
  const sourceIds = sources.map((source) => source.id);
  const { moved, dropped } = await mergeLinks(tx, target.id, sourceIds);
  const outputs = await moveOutputs(tx, target.id, sourceIds);
  const parts = await moveParts(tx, target.id, sourceIds);
  await noteChanges(
    tx,
    actor,
    parts.map(({ id, from }) => ({
      featureId: id,
      action: 'updated',
      event: 'featureReparented',
      oldValues: { parent_feature_id: from },
      newValues: { parent_feature_id: target.id },
    })),
  );
  for (const source of sources) {
    await editFeature(tx, actor, source, {
      action: 'merged',
      event: 'featureMergedAway',
      values: { status: 'rejected', reviewed_by: actor, merged_into_id: target.id, parent_feature_id: null },
      oldValues: { evidence_ids: moved.get(source.id) ?? [] },
      newValues: { merged_into: target.id },
      isDecision: true,
    });
  }
  await editFeature(tx, actor, target, {
    action: 'merged',
    event: 'featureMerged',
    values: { merged_from: [...target.merged_from, ...sourceIds] },
    newValues: { links_moved: [...moved.values()].flat().length, links_dropped: dropped, outputs_moved: outputs },
  });
}
