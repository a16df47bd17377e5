/** Outputs of features, in versions. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { FeatureFacts, LinkedFact, OutputType } from '../domain/output-content.js';

/** More evidence than this makes no better output; the strongest is taken. */
const mostFacts = 500;

/** What an output is made of: the linked evidence, the strongest first, and the names of the parts. */
export async function listOutputFacts(
  tx: Transaction,
  featureId: string,
): Promise<Pick<FeatureFacts, 'facts' | 'parts'>> {
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

export interface LatestOutput {
  readonly id: string;
  readonly version: number;
  readonly content: unknown;
}

export async function findLatestOutput(
  tx: Transaction,
  featureId: string,
  type: OutputType,
): Promise<LatestOutput | null> {
  const [row] = await tx.query<LatestOutput>(sql`/* evidence.latestOutput */
    select id, version, content from evidence.feature_outputs
    where feature_id = ${featureId}::uuid and output_type = ${type} order by version desc limit 1`);
  return row ?? null;
}

export interface NewOutput {
  readonly featureId: string;
  readonly type: OutputType;
  readonly content: unknown;
  readonly version: number;
}

export async function insertOutput(tx: Transaction, { featureId, type, content, version }: NewOutput): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* evidence.insertOutput */
    insert into evidence.feature_outputs (feature_id, output_type, content, version)
    values (${featureId}::uuid, ${type}, ${sql.json(content)}::jsonb, ${version}) returning id`);
  if (row === undefined) throw new Error('an output was not stored');
  return row.id;
}

/** Their versions follow the target's own, in the order in which they were generated: numbers that were told stay. */
export async function moveOutputs(tx: Transaction, targetId: string, sourceIds: readonly string[]): Promise<number> {
  const rows = await tx.query<{ id: string }>(sql`/* evidence.moveOutputs */
    update evidence.feature_outputs o set feature_id = ${targetId}::uuid, version = n.version
    from (
      select m.id, coalesce((select max(t.version) from evidence.feature_outputs t
          where t.feature_id = ${targetId}::uuid and t.output_type = m.output_type), 0)
        + row_number() over (partition by m.output_type order by m.generated_at, m.id) as version
      from evidence.feature_outputs m where m.feature_id = any(${sourceIds}::uuid[])
    ) n where o.id = n.id
    returning o.id`);
  return rows.length;
}
