/** The artifacts of one repository, read and written in bulk: the number of statements does not grow with them. */
import { sql, type Queryable, type Transaction } from '../../../kernel/db/index.js';
import { artifactKinds, type ArtifactKind, type ValidationStatus } from '../../domain/index.js';
import { artifactTableOfKind, artifactTables, kindOf, unionOf } from '../artifact-tables.js';
import { writtenColumns } from './artifact-rows.js';

/** What is stored of an artifact, as far as a scan compares it. */
export interface StoredArtifact {
  readonly kind: ArtifactKind;
  readonly id: string;
  readonly gxpId: string;
  readonly path: string | null;
  readonly contentHash: string | null;
  readonly isDuplicate: boolean;
  readonly validationStatus: ValidationStatus;
  /** False: stored before all was read of such a file that is read today. */
  readonly isReadWhole: boolean;
  /** As {@link observedColumns} gave it. */
  readonly observed: Readonly<Record<string, unknown>>;
}

/** False for what was stored before as much was read of such a file as today. */
const readWhole: Readonly<Partial<Record<ArtifactKind, string>>> = {
  SYSTEM_CONTEXT: 'attributes is not null',
  SPECIFICATION: 'attributes is not null',
  REQUIREMENT: `attributes is not null and ${countsItsCriteria()}`,
  USER_STORY: `attributes is not null and ${countsItsCriteria()}`,
  SIGNED_EVIDENCE: 'result is not null and signer_count is not null',
};

function countsItsCriteria(): string {
  return `jsonb_array_length(coalesce(acceptance_criteria, '[]')) =
    (select count(*) from traceability.acceptance_criteria c where c.artifact_id = a.id)`;
}

const observed: Readonly<Partial<Record<ArtifactKind, string>>> = {
  REQUIREMENT: `jsonb_build_object('edges', edges)`,
  USER_STORY: `jsonb_build_object('edges', edges)`,
  SPECIFICATION: `jsonb_build_object('edges', edges, 'missing_files', missing_files)`,
  SIGNED_EVIDENCE: `jsonb_build_object('edges', edges, 'freshness', freshness, 'freshness_reason', freshness_reason)`,
};

const stored = unionOf(
  (table) => sql`select ${kindOf(table)} as kind, id, gxp_id as "gxpId", path, content_hash as "contentHash",
    is_duplicate as "isDuplicate", validation_status as "validationStatus", ${sql.raw(readWhole[table.kind] ?? 'true')} as "isReadWhole",
    ${sql.raw(observed[table.kind] ?? `'{}'::jsonb`)} as observed, repository_id from ${sql.raw(table.table)} a`,
);

export async function listStoredArtifacts(db: Queryable, repositoryId: string): Promise<StoredArtifact[]> {
  return db.query<StoredArtifact & Record<string, unknown>>(sql`/* traceability.storedArtifacts */
    select * from (${stored}) a where repository_id = ${repositoryId}`);
}

export async function deleteArtifacts(tx: Transaction, gone: readonly StoredArtifact[]): Promise<void> {
  if (gone.length === 0) return;
  const ids = gone.map((artifact) => artifact.id);
  const deletions = artifactTables.map(
    ({ table, kind }) =>
      sql`${sql.raw(kind.toLowerCase())} as (delete from ${sql.raw(table)} where id = any(${ids}::uuid[]))`,
  );
  await tx.query(sql`/* traceability.deleteArtifacts */ with ${sql.join(deletions)} select 1`);
}

/** Inserts, or overwrites by (repository_id, gxp_id); answers the id of each by its gxp_id. One statement for each kind. */
export async function storeArtifacts(
  tx: Transaction,
  repositoryId: string,
  rowsByKind: ReadonlyMap<ArtifactKind, readonly Readonly<Record<string, unknown>>[]>,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const kind of artifactKinds) {
    const rows = rowsByKind.get(kind) ?? [];
    if (rows.length === 0) continue;
    const { insert, target, source, assignments } = statementParts[kind];
    const written = await tx.query<{ id: string; gxp_id: string }>(sql`/* traceability.storeArtifacts */
      insert into ${insert} select ${repositoryId}::uuid, ${target} from json_to_recordset(${sql.json(rows)}::json) as r (${source})
      on conflict (repository_id, gxp_id) do update set ${assignments} returning id, gxp_id`);
    for (const row of written) ids.set(row.gxp_id, row.id);
  }
  return ids;
}

/** Statistics for the planner, of every table that a scan fills. */
export async function analyzeTables(db: Queryable): Promise<void> {
  const tables = [
    ...artifactTables.map(({ table }) => table),
    'traceability.traceability_links',
    'traceability.graph_links',
    'traceability.artifact_versions',
    'traceability.version_spans',
    'traceability.link_spans',
  ];
  await db.query(`analyze ${tables.join(', ')}`);
}

function partsOf(kind: ArtifactKind) {
  const columns = Object.entries(writtenColumns[kind]);
  const names = columns.map(([name]) => name);
  const assignments = names.map((name) =>
    // What a reviewer decided holds for the file that was reviewed, and no other.
    name === 'validation_status'
      ? `validation_status = case when stored.content_hash is distinct from excluded.content_hash
          then excluded.validation_status else stored.validation_status end`
      : `${name} = excluded.${name}`,
  );
  return {
    insert: sql.raw(`${artifactTableOfKind(kind).table} as stored (repository_id, ${names.join(', ')})`),
    target: sql.raw(names.map((name) => `r.${name}`).join(', ')),
    source: sql.raw(columns.map(([name, type]) => `${name} ${type}`).join(', ')),
    assignments: sql.raw(assignments.filter((assignment) => !assignment.startsWith('gxp_id')).join(', ')),
  };
}

const statementParts = Object.fromEntries(artifactKinds.map((kind) => [kind, partsOf(kind)])) as Record<
  ArtifactKind,
  ReturnType<typeof partsOf>
>;
