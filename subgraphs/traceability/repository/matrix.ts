/** The traceability matrix as a relation: every path from a requirement down, as far as it goes. */
import { sql, type SqlStatement } from '../../kernel/db/index.js';
import { entity, field, orderBy } from '../../kernel/read/index.js';
import { artifactSelection, artifactTableOfKind } from './artifact-tables.js';
import type { ArtifactKind, LinkType } from '../domain/index.js';
import { carried, text, visible } from './artifact-maps.js';

interface Level {
  readonly alias: string;
  readonly prefix: string;
  readonly kind: ArtifactKind;
  /** The link from the level above. */
  readonly link: { readonly alias: string; readonly type: LinkType } | null;
}

const levels: readonly Level[] = [
  { alias: 'r', prefix: 'requirement_', kind: 'REQUIREMENT', link: null },
  { alias: 's', prefix: 'user_story_', kind: 'USER_STORY', link: { alias: 'ls', type: 'REQ_TO_US' } },
  { alias: 'p', prefix: 'specification_', kind: 'SPECIFICATION', link: { alias: 'lp', type: 'US_TO_SPEC' } },
  { alias: 'e', prefix: 'evidence_', kind: 'SIGNED_EVIDENCE', link: { alias: 'le', type: 'SPEC_TO_EVIDENCE' } },
];

function columnsOf({ alias, prefix, kind, link }: Level): SqlStatement {
  return sql.join([
    artifactSelection(artifactTableOfKind(kind), alias, prefix),
    // What the rows are ordered by must not be null.
    sql.raw(`coalesce(${alias}.gxp_id, '') as ${prefix}order`),
    ...(link === null ? [] : [sql.raw(`${link.alias}.status as ${prefix}link_status`)]),
  ]);
}

function joinOf({ alias, kind, link }: Level, index: number): SqlStatement {
  const table = sql.raw(`${artifactTableOfKind(kind).table} ${alias}`);
  const above = levels[index - 1];
  if (link === null || above === undefined) return table;
  const [here, parent, l] = [alias, above.alias, link.alias].map((name) => sql.raw(name));
  return sql`left join traceability.traceability_links ${l} on ${l}.source_repository_id = ${parent}.repository_id
      and ${l}.source_id = ${parent}.gxp_id and ${l}.link_type = ${sql.raw(`'${link.type}'`)}
    left join ${table} on ${here}.repository_id = ${l}.repository_id and ${here}.gxp_id = ${l}.target_id`;
}

const rowKey = sql.raw(`concat_ws('/', ${levels.map(({ alias }) => `${alias}.id`).join(', ')})`);

/** In parentheses, for the entity map. */
const matrixRelation = sql`(select ${rowKey} as row_key, r.repository_id, r.gxp_risk_rating as risk_rating,
    ${sql.join(levels.map(columnsOf))} from ${sql.join(levels.map(joinOf), ' ')})`.text;

export const matrixRows = entity({
  type: 'TraceabilityMatrixRow',
  table: matrixRelation,
  isReadAlone: true,
  key: { column: 'row_key', sqlType: 'text' },
  fields: {
    requirementGxpId: text('requirement_gxp_id'),
    riskRating: field.enum('risk_rating'),
    userStoryLinkStatus: field.enum('user_story_link_status'),
    specificationLinkStatus: field.enum('specification_link_status'),
    evidenceLinkStatus: field.enum('evidence_link_status'),
  },
  computed: {
    requirement: carried('requirement_'),
    userStory: carried('user_story_'),
    specification: carried('specification_'),
    evidence: carried('evidence_'),
  },
  filters: ['requirementGxpId', 'riskRating', 'evidenceLinkStatus'],
  orders: {
    PATH: ['requirement_', 'user_story_', 'specification_', 'evidence_'].map((level) =>
      orderBy(`${level}order`, 'text'),
    ),
  },
  defaultOrder: { field: 'PATH', direction: 'ASC' },
  visible,
});
