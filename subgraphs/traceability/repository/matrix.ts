/** The traceability matrix as a relation: every way from a requirement down, as far as it goes. */
import { sql, type SqlStatement } from '../../kernel/db/index.js';
import { entity, field, orderBy } from '../../kernel/read/index.js';
import { artifactSelection, artifactTableOfKind, noArtifact } from './artifact-tables.js';
import { ladder } from './links.js';
import type { ArtifactKind, LinkType } from '../domain/index.js';
import { carried, text, visible } from './artifact-maps.js';

interface Level {
  readonly alias: string;
  readonly prefix: string;
  readonly kind: ArtifactKind;
}

const levels: readonly Level[] = [
  { alias: 'r', prefix: 'requirement_', kind: 'REQUIREMENT' },
  { alias: 's', prefix: 'user_story_', kind: 'USER_STORY' },
  { alias: 'p', prefix: 'specification_', kind: 'SPECIFICATION' },
  { alias: 'e', prefix: 'evidence_', kind: 'SIGNED_EVIDENCE' },
];

/** A way down: each step from one level to a lower one, as far as it goes. */
interface Way {
  readonly steps: readonly Step[];
  /** What keeps a row of another way from standing here a second time. */
  readonly where: string | null;
}
interface Step {
  readonly from: string;
  readonly to: string;
  readonly type: LinkType;
  /** Without it there is no row of this way. */
  readonly isRequired?: true;
}

const toStory: Step = { from: 'r', to: 's', type: 'REQ_TO_US' };
const toSpecification: Step = { from: 's', to: 'p', type: 'US_TO_SPEC' };
const toEvidence: Step = { from: 'p', to: 'e', type: 'SPEC_TO_EVIDENCE' };

const skipsFrom = (alias: string, ...types: LinkType[]): string =>
  `exists (select from traceability.graph_links g where g.source_repository_id = ${alias}.repository_id
    and g.source_id = ${alias}.gxp_id and g.link_type in (${types.map((type) => `'${type}'`).join(', ')}))`;
const hasStoryBetween = `exists (select from traceability.traceability_links d join traceability.traceability_links u
    on u.repository_id = d.source_repository_id and u.target_id = d.source_id and u.link_type = 'REQ_TO_US'
  where d.repository_id = p.repository_id and d.target_id = p.gxp_id and d.link_type = 'US_TO_SPEC'
    and u.source_repository_id = r.repository_id and u.source_id = r.gxp_id)`;

/** The ladder, and the ways that skip levels; who has the way over all levels is not told again of the shorter one. */
const ways: readonly Way[] = [
  {
    steps: [toStory, toSpecification, toEvidence],
    where: `(s.id is not null or not ${skipsFrom('r', 'REQ_TO_SPEC', 'REQ_TO_EVIDENCE')})
      and (p.id is not null or s.id is null or not ${skipsFrom('s', 'US_TO_EVIDENCE')})`,
  },
  {
    steps: [{ from: 'r', to: 'p', type: 'REQ_TO_SPEC', isRequired: true }, toEvidence],
    where: `not ${hasStoryBetween}`,
  },
  {
    steps: [
      { ...toStory, isRequired: true },
      { from: 's', to: 'e', type: 'US_TO_EVIDENCE', isRequired: true },
    ],
    where: null,
  },
  { steps: [{ from: 'r', to: 'e', type: 'REQ_TO_EVIDENCE', isRequired: true }], where: null },
];

function levelOf(alias: string): Level {
  const level = levels.find((each) => each.alias === alias);
  if (level === undefined) throw new Error(`no level ${alias}`);
  return level;
}

function columnsOf({ alias, prefix, kind }: Level, steps: readonly Step[]): SqlStatement {
  const step = steps.find(({ to }) => to === alias);
  const isReached = step !== undefined || alias === 'r';
  const table = artifactTableOfKind(kind);
  return sql.join([
    isReached ? artifactSelection(table, alias, prefix) : noArtifact(prefix),
    // What the rows are ordered by must not be null.
    sql.raw(isReached ? `coalesce(${alias}.gxp_id, '') as ${prefix}order` : `'' as ${prefix}order`),
    ...(alias === 'r' ? [] : [sql.raw(`${step === undefined ? 'null' : `l${alias}.status`} as ${prefix}link_status`)]),
  ]);
}

function joinOf({ from, to, type, isRequired }: Step): SqlStatement {
  const join = isRequired === true ? 'join' : 'left join';
  const table = ladder.has(type) ? 'traceability_links' : 'graph_links';
  return sql.raw(`${join} traceability.${table} l${to} on l${to}.source_repository_id = ${from}.repository_id
      and l${to}.source_id = ${from}.gxp_id and l${to}.link_type = '${type}'
    ${join} ${artifactTableOfKind(levelOf(to).kind).table} ${to} on ${to}.repository_id = l${to}.repository_id and ${to}.gxp_id = l${to}.target_id`);
}

function rowsOf({ steps, where }: Way): SqlStatement {
  const reached = ['r', ...steps.map(({ to }) => to)];
  return sql`select ${sql.raw(`concat_ws('/', ${reached.map((alias) => `${alias}.id`).join(', ')})`)} as row_key, r.repository_id,
      r.gxp_risk_rating as risk_rating, ${sql.join(levels.map((level) => columnsOf(level, steps)))}
    from traceability.requirements r ${sql.join(steps.map(joinOf), ' ')}${sql.raw(where === null ? '' : ` where ${where}`)}`;
}

/** In parentheses, for the entity map. */
const matrixRelation = sql`(${sql.join(ways.map(rowsOf), ' union all ')})`.text;

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
