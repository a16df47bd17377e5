/** The traceability matrix as a relation: every path from a requirement down, as far as it goes. */
import { artifactSelection, artifactTableOfKind } from './artifact-tables.js';
import type { ArtefactKind, LinkType } from '../domain/index.js';

interface Level {
  readonly alias: string;
  readonly prefix: string;
  readonly kind: ArtefactKind;
  /** The link from the level above. */
  readonly link: { readonly alias: string; readonly type: LinkType } | null;
}

const levels: readonly Level[] = [
  { alias: 'r', prefix: 'requirement_', kind: 'REQUIREMENT', link: null },
  { alias: 's', prefix: 'user_story_', kind: 'USER_STORY', link: { alias: 'ls', type: 'REQ_TO_US' } },
  { alias: 'p', prefix: 'specification_', kind: 'SPECIFICATION', link: { alias: 'lp', type: 'US_TO_SPEC' } },
  { alias: 'e', prefix: 'evidence_', kind: 'SIGNED_EVIDENCE', link: { alias: 'le', type: 'SPEC_TO_EVIDENCE' } },
];

function columnsOf({ alias, prefix, kind, link }: Level): string {
  const columns = [
    artifactSelection(artifactTableOfKind(kind), alias, prefix),
    // What the rows are ordered by must not be null.
    `coalesce(${alias}.gxp_id, '') as ${prefix}order`,
    ...(link === null ? [] : [`${link.alias}.status as ${prefix}link_status`]),
  ];
  return columns.join(', ');
}

function joinOf(level: Level, index: number): string {
  const { table } = artifactTableOfKind(level.kind);
  const above = levels[index - 1];
  if (level.link === null || above === undefined) return `${table} ${level.alias}`;
  const link = level.link.alias;
  return `left join traceability.traceability_links ${link} on ${link}.source_repository_id = ${above.alias}.repository_id
      and ${link}.source_id = ${above.alias}.gxp_id and ${link}.link_type = '${level.link.type}'
    left join ${table} ${level.alias} on ${level.alias}.repository_id = ${link}.repository_id and ${level.alias}.gxp_id = ${link}.target_id`;
}

/** In parentheses, for the entity map. */
export const matrixRelation = `(select concat_ws('/', ${levels.map(({ alias }) => `${alias}.id`).join(', ')}) as row_key,
    r.repository_id, r.gxp_risk_rating as risk_rating, ${levels.map(columnsOf).join(', ')}
  from ${levels.map(joinOf).join(' ')})`;
