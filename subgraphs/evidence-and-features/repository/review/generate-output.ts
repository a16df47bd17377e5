/** Outputs generated from the evidence of a feature, in versions. */
import { sql, type Transaction } from '../../../kernel/db/index.js';
import { canonicalJson, write, type Writer, type Written } from '../../../kernel/write/index.js';
import { generateOutput, type FeatureFacts, type LinkedFact, type OutputType } from '../../domain/output-content.js';
import { editFeature, lockFeature } from '../features.js';
import { actorOf } from './change-feature.js';

/** More evidence than this makes no better output; the strongest is taken. */
const mostFacts = 500;

/** Content that did not change since the latest version makes no new one: that one is answered. */
export function generateFeatureOutput(
  writer: Writer,
  { featureId, type }: { readonly featureId: string; readonly type: OutputType },
): Promise<Written<{ feature: string; featureOutput: string }>> {
  return write(writer, { operation: 'featureOutputGenerate' }, async (tx) => {
    const feature = await lockFeature(tx, featureId);
    const content = generateOutput(type, { ...feature, ...(await readFacts(tx, featureId)) });
    const latest = await findLatestOutput(tx, featureId, type);
    if (latest !== null && canonicalJson(latest.content) === canonicalJson(content))
      return { feature: featureId, featureOutput: latest.id };
    const version = (latest?.version ?? 0) + 1;
    const [row] = await tx.query<{ id: string }>(sql`/* evidence.insertOutput */
      insert into evidence.feature_outputs (feature_id, output_type, content, version)
      values (${featureId}::uuid, ${type}, ${sql.json(content)}::jsonb, ${version}) returning id`);
    if (row === undefined) throw new Error('an output was not stored');
    await editFeature(tx, actorOf(writer), feature, {
      action: 'updated',
      event: 'featureOutputGenerated',
      values: {},
      newValues: { output: row.id, output_type: type, output_version: version },
    });
    tx.record({ type: 'FeatureOutput', key: row.id, action: 'featureOutputGenerated', details: { type, version } });
    return { feature: featureId, featureOutput: row.id };
  });
}

async function readFacts(tx: Transaction, featureId: string): Promise<Pick<FeatureFacts, 'facts' | 'parts'>> {
  const facts = await tx.query<LinkedFact>(sql`/* evidence.outputFacts */
    select e.id, e.type, e.content, e.raw_data as "rawData"
    from evidence.feature_evidence l join evidence.evidence e on e.id = l.evidence_id
    where l.feature_id = ${featureId}::uuid
    order by l.strength desc nulls last, e.document_id, e.ordinal, e.id limit ${sql.raw(String(mostFacts))}`);
  const parts = await tx.query<{ id: string; name: string }>(sql`/* evidence.outputParts */
    select id, name from evidence.features where parent_feature_id = ${featureId}::uuid and status <> 'rejected'
    order by name, id limit ${sql.raw(String(mostFacts))}`);
  return { facts, parts };
}

interface LatestOutput {
  readonly id: string;
  readonly version: number;
  readonly content: unknown;
}

async function findLatestOutput(tx: Transaction, featureId: string, type: OutputType): Promise<LatestOutput | null> {
  const [row] = await tx.query<LatestOutput>(sql`/* evidence.latestOutput */
    select id, version, content from evidence.feature_outputs
    where feature_id = ${featureId}::uuid and output_type = ${type} order by version desc limit 1`);
  return row ?? null;
}
