/** Outputs generated from the evidence of a feature, in versions. */
import { canonicalJson, write, type Writer, type Written } from '../../../kernel/write/index.js';
import { generateOutput, type OutputType } from '../../domain/output-content.js';
import { findLatestOutput, insertOutput, listOutputFacts } from '../../repository/feature-outputs.js';
import { editFeature, lockFeature } from '../../repository/features.js';
import { actorOf } from './change-feature.js';

/** Content that did not change since the latest version makes no new one: that one is answered. */
export function generateFeatureOutput(
  writer: Writer,
  { featureId, type }: { readonly featureId: string; readonly type: OutputType },
): Promise<Written<{ feature: string; featureOutput: string }>> {
  return write(writer, { operation: 'featureOutputGenerate' }, async (tx) => {
    const feature = await lockFeature(tx, featureId);
    const content = generateOutput(type, { ...feature, ...(await listOutputFacts(tx, featureId)) });
    const latest = await findLatestOutput(tx, featureId, type);
    if (latest !== null && canonicalJson(latest.content) === canonicalJson(content))
      return { feature: featureId, featureOutput: latest.id };
    const version = (latest?.version ?? 0) + 1;
    const id = await insertOutput(tx, { featureId, type, content, version });
    await editFeature(tx, actorOf(writer), feature, {
      action: 'updated',
      event: 'featureOutputGenerated',
      values: {},
      newValues: { output: id, output_type: type, output_version: version },
    });
    tx.record({ type: 'FeatureOutput', key: id, action: 'featureOutputGenerated', details: { type, version } });
    return { feature: featureId, featureOutput: id };
  });
}
