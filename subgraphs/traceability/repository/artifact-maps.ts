/** The parts of which the maps of this domain are made: what artifacts have in common, and how they hang together. */
import { field, match, orderBy, type FieldMap, type RelationMap, type Visibility } from '../../kernel/read/index.js';
import type { Identity } from '../../kernel/auth/index.js';
import { artifactColumns } from './artifact-tables.js';
import { refutes } from './evidence-proof.js';

/** Whoever is signed in may read everything of this domain. */
export const visible = (auth: Identity): Visibility => (auth.isAuthenticated ? 'all' : 'none');

export const id = { column: 'id', sqlType: 'uuid' } as const;
export const text = (source: string): FieldMap => field.text(source);
export const textList = (column: string): FieldMap => field.json((table) => `coalesce(${table}.${column}, '[]')`);
export const repository: RelationMap = { kind: 'one', type: 'Repository', on: [match('id', 'repository_id')] };
export const byCreation = [orderBy('created_at', 'timestamptz')];

/** A connection to the rows of `type` in the repository. */
export const ofRepository = (type: string): RelationMap => ({
  kind: 'connection',
  type,
  on: [match('repository_id', 'id')],
});

/** All links; and those of what an artifact is a part of, without what it depends on. */
export const linkTable = 'traceability.links';
export const partTable = 'traceability.part_links';

/** Over the links: a child may stand in another repository than its parent. */
export const children = (type: string): RelationMap => ({
  kind: 'connection',
  type,
  on: [],
  through: {
    table: partTable,
    parent: [match('source_repository_id', 'repository_id'), match('source_id', 'gxp_id', 'text')],
    child: [match('repository_id', 'repository_id'), match('gxp_id', 'target_id', 'text')],
  },
});
/** Everything of the type that it is for. */
export const parents = (type: string): RelationMap => ({
  kind: 'connection',
  type,
  on: [],
  through: {
    table: partTable,
    parent: [match('repository_id', 'repository_id'), match('target_id', 'gxp_id', 'text')],
    child: [match('repository_id', 'source_repository_id'), match('gxp_id', 'source_id', 'text')],
  },
});
/** The one that `parent_id` names. */
export const parent = (type: string): RelationMap => ({
  kind: 'one',
  type,
  on: [],
  through: {
    table: partTable,
    parent: [
      match('repository_id', 'repository_id'),
      match('target_id', 'gxp_id', 'text'),
      match('source_id', 'parent_id', 'text'),
    ],
    child: [match('repository_id', 'source_repository_id'), match('gxp_id', 'source_id', 'text')],
  },
});
export const link: RelationMap = {
  kind: 'one',
  type: 'TraceabilityLink',
  on: [
    match('repository_id', 'repository_id'),
    match('target_id', 'gxp_id', 'text'),
    match('source_id', 'parent_id', 'text'),
  ],
};
/** The edges at an artifact, dependencies included: to what it names, and from what names it. */
export const edges: Readonly<Record<'parentLinks' | 'childLinks', RelationMap>> = {
  parentLinks: {
    kind: 'connection',
    type: 'TraceabilityLink',
    on: [match('repository_id', 'repository_id'), match('target_id', 'gxp_id', 'text')],
  },
  childLinks: {
    kind: 'connection',
    type: 'TraceabilityLink',
    on: [match('source_repository_id', 'repository_id'), match('source_id', 'gxp_id', 'text')],
  },
};

/**
 * As the domain's `coveredNodes` says it, over the links `l` to the parts of an artifact and the evidence `e` among these.
 * Null where there are none.
 */
export const coveredByParts = `bool_and(l.is_valid and case when l.target_kind = 'SIGNED_EVIDENCE'
    then ${refutes('e')} is not true else l.status = 'COVERED' end) and bool_or(l.status = 'COVERED')`;
export const evidenceOfLink = `left join traceability.evidence e
    on l.target_kind = 'SIGNED_EVIDENCE' and e.repository_id = l.repository_id and e.gxp_id = l.target_id`;
/** Of the artifact whose columns `table` has: whether it is covered, as an expression. Never null. */
const isCoveredIn = (table: string): string => `coalesce((select ${coveredByParts} from ${partTable} l ${evidenceOfLink}
    where l.source_repository_id = ${table}.repository_id and l.source_id = ${table}.gxp_id), false)`;

export const isCovered = field.boolean(isCoveredIn);
/** As `coverage.requirements.deepRatio`, rounded: a number that was answered can be asked for. */
export const coverageRatio: FieldMap = {
  ...field.numeric(
    (table) => `(select round(avg(case when ${isCoveredIn('q')} then 1 else 0 end), 6)
      from traceability.requirements q where q.repository_id = ${table}.id)`,
  ),
  isDerived: true,
};
/** What every artifact has. */
export const artifactFields = (type: string) => ({
  id: field.id(type, 'id'),
  gxpId: text('gxp_id'),
  title: text('title'),
  path: text('path'),
  validationStatus: field.enum('validation_status'),
  isDuplicate: field.boolean('is_duplicate'),
  contentHash: text('content_hash'),
  createdAt: field.timestamp('created_at'),
  updatedAt: field.timestamp('updated_at'),
});
export const artifactOrders = { GXP_ID: [orderBy('gxp_id', 'text')], CREATED_AT: byCreation };
export const byGxpId = { field: 'GXP_ID', direction: 'ASC' } as const;

/** The columns from which a row that carries an artifact of any kind makes it. */
export const carried = (prefix: string): readonly string[] => artifactColumns.map((column) => prefix + column);
