/** Where the five kinds of artifacts are stored, and what their rows have in common. */
import { sql, type SqlStatement } from '../../kernel/db/index.js';
import type { ArtifactKind } from '../domain/index.js';

export type ArtifactType = 'SystemContext' | 'Requirement' | 'UserStory' | 'Specification' | 'SignedEvidence';

export interface ArtifactTable {
  /** GraphQL type. */
  readonly type: ArtifactType;
  readonly kind: ArtifactKind;
  readonly table: string;
  readonly titleColumn: string;
  readonly hasParent: boolean;
}

export const artifactTables: readonly ArtifactTable[] = [
  {
    type: 'SystemContext',
    kind: 'SYSTEM_CONTEXT',
    table: 'traceability.system_contexts',
    titleColumn: 'project_name',
    hasParent: false,
  },
  {
    type: 'Requirement',
    kind: 'REQUIREMENT',
    table: 'traceability.requirements',
    titleColumn: 'title',
    hasParent: false,
  },
  { type: 'UserStory', kind: 'USER_STORY', table: 'traceability.user_stories', titleColumn: 'title', hasParent: true },
  {
    type: 'Specification',
    kind: 'SPECIFICATION',
    table: 'traceability.specs',
    titleColumn: 'title',
    hasParent: true,
  },
  {
    type: 'SignedEvidence',
    kind: 'SIGNED_EVIDENCE',
    table: 'traceability.evidence',
    titleColumn: 'title',
    hasParent: true,
  },
];

const tableByKind: ReadonlyMap<string, ArtifactTable> = new Map(artifactTables.map((table) => [table.kind, table]));
const tableByType: ReadonlyMap<string, ArtifactTable> = new Map(artifactTables.map((table) => [table.type, table]));

export function artifactTableOfKind(kind: ArtifactKind): ArtifactTable {
  const table = tableByKind.get(kind);
  if (table === undefined) throw new Error(`no table for ${kind}`);
  return table;
}

/** Null for a type that is no artifact. */
export function findArtifactTableByType(type: string): ArtifactTable | null {
  return tableByType.get(type) ?? null;
}

/** What a statement that finds artifacts of any kind reads of each: enough for the fields they have in common. */
export const artifactColumns = [
  'id',
  'repository_id',
  'gxp_id',
  'title',
  'parent_id',
  'path',
  'validation_status',
  'is_duplicate',
  'created_at',
  'updated_at',
] as const;
type ArtifactColumn = (typeof artifactColumns)[number];

/** `a.id as artifact_id, …` for the table under `alias`. */
export function artifactSelection(table: ArtifactTable, alias: string, prefix: string): SqlStatement {
  return sql.raw(
    artifactColumns.map((column) => `${artifactExpression(table, alias, column)} as ${prefix}${column}`).join(', '),
  );
}

/** The same columns of no artifact. */
export function noArtifact(prefix: string): SqlStatement {
  return sql.raw(
    artifactColumns.map((column) => `null::${columnTypes[column] ?? 'text'} as ${prefix}${column}`).join(', '),
  );
}

const columnTypes: Readonly<Partial<Record<ArtifactColumn, string>>> = {
  ...{
    id: 'uuid',
    repository_id: 'uuid',
    is_duplicate: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

/** The kind as an SQL literal. */
export function kindOf({ kind }: ArtifactTable): SqlStatement {
  return sql.raw(`'${kind}'::text`);
}

/** One select for each table, as one relation. */
export function unionOf(
  select: (table: ArtifactTable) => SqlStatement,
  tables: readonly ArtifactTable[] = artifactTables,
): SqlStatement {
  return sql.join(tables.map(select), ' union all ');
}

function artifactExpression(table: ArtifactTable, alias: string, column: ArtifactColumn): string {
  if (column === 'title') return `${alias}.${table.titleColumn}`;
  if (column === 'parent_id' && !table.hasParent) return 'null::text';
  return `${alias}.${column}`;
}

/** All artifacts as one relation, in parentheses: `kind` and the columns in common. */
export const allArtifacts = sql`(${unionOf(
  (table) => sql`select ${kindOf(table)} as kind, ${artifactSelection(table, 'a', '')} from ${sql.raw(table.table)} a`,
)})`;
