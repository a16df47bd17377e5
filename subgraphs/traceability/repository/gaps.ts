/** Gaps as a relation: every artifact with each thing that is amiss with it. */
import { sql, type SqlStatement } from '../../kernel/db/index.js';
import { entity, field, orderBy } from '../../kernel/read/index.js';
import type { LinkType } from '../domain/index.js';
import { artifactSelection, kindOf, unionOf, type ArtifactTable } from './artifact-tables.js';
import { carried, text, visible } from './artifact-maps.js';
import { criterionResult, hasItsSignatures } from './evidence-proof.js';

interface Finding {
  readonly kind: string;
  /**
   * SQL over the artifact `a`; over `l`, by status, what it names over a link of that status, null where there is none; over
   * `c`, null where nothing is part of it; and over `k`, null where it skips no level that it may not.
   */
  readonly applies: string;
  readonly reason: string;
}

const childNames: Readonly<Record<string, string>> = {
  Requirement: 'user story, specification or evidence',
  UserStory: 'specification or evidence',
  Specification: 'evidence',
};

const duplicate: Finding = {
  kind: 'DUPLICATE',
  applies: 'a.is_duplicate',
  reason: `'Several files of the repository declare the id ' || a.gxp_id || '.'`,
};

/** Of whatever names others. */
const ofNamers: readonly Finding[] = [
  {
    kind: 'AMBIGUOUS',
    applies: 'l.ambiguous is not null',
    reason: `'Several other repositories have an artifact ' || l.ambiguous || '.'`,
  },
  { kind: 'CYCLE', applies: 'l.cycle is not null', reason: `'What it names leads from ' || l.cycle || ' back to it.'` },
  {
    kind: 'SUSPECT',
    applies: 'l.suspect is not null',
    reason: `'The text of ' || l.suspect || ', which it names, has changed since it was last reviewed.'`,
  },
];

const missing = `concat_ws(' ', 'Its parent ' || l.orphaned || ' is in no repository.',
  'It depends on ' || l.missing || ', which is in no repository.')`;

const orphanedRequirement: Finding = {
  kind: 'ORPHANED',
  applies: 'coalesce(l.orphaned, l.missing) is not null',
  reason: missing,
};

/** What is of low risk by its own words needs no parent. */
const namesNoParent = (table: ArtifactTable): string =>
  `a.parent_id is null and l.named is null${table.type === 'SignedEvidence' ? '' : ` and upper(coalesce(a.attributes ->> 'risk_level', a.attributes ->> 'gxp_risk_rating', '')) <> 'LOW'`}`;

const orphaned = (table: ArtifactTable): Finding => ({
  kind: 'ORPHANED',
  applies: `(${namesNoParent(table)}) or coalesce(l.orphaned, l.missing) is not null`,
  reason: `concat_ws(' ', case when a.parent_id is null and l.named is null then 'It names no parent.' end, nullif(${missing}, ''))`,
});

/**
 * Low risk may skip any level, medium risk the user story, high risk none. Who has a way over all levels as well, from the
 * same parent, skips nothing.
 */
const levelSkipped: Readonly<
  Partial<Record<ArtifactTable['type'], { readonly links: string; readonly reason: string }>>
> = {
  Specification: {
    links: sql`select g.repository_id, g.target_id from traceability.graph_links g
      join traceability.requirements q on q.repository_id = g.source_repository_id and q.gxp_id = g.source_id
      where g.link_type = 'REQ_TO_SPEC' and q.gxp_risk_rating = 'HIGH' and not ${sql.raw(isPartOver('US_TO_SPEC', 'q'))}`
      .text,
    reason: `'It is for a requirement of high risk, and no user story stands between.'`,
  },
  SignedEvidence: {
    links: sql`select g.repository_id, g.target_id from traceability.graph_links g
      join traceability.requirements q on q.repository_id = g.source_repository_id and q.gxp_id = g.source_id
      where g.link_type = 'REQ_TO_EVIDENCE' and q.gxp_risk_rating <> 'LOW' and not ${sql.raw(reachesOverSpecification('q'))}
      union
      select g.repository_id, g.target_id from traceability.graph_links g
      join traceability.traceability_links u on u.repository_id = g.source_repository_id and u.target_id = g.source_id
        and u.link_type = 'REQ_TO_US'
      join traceability.requirements q on q.repository_id = u.source_repository_id and q.gxp_id = u.source_id
      where g.link_type = 'US_TO_EVIDENCE' and q.gxp_risk_rating <> 'LOW' and not ${sql.raw(reachesOverSpecification('q'))}`
      .text,
    reason: `'It is for a requirement of high or medium risk, and no specification stands between.'`,
  },
};

/** Whether the child of `g` is part, over links of the type, of something that is part of the requirement under `requirement`. */
function isPartOver(type: LinkType, requirement: string): string {
  return `exists (select from traceability.links down
    join traceability.links up on up.repository_id = down.source_repository_id and up.target_id = down.source_id
    where down.repository_id = g.repository_id and down.target_id = g.target_id and down.link_type = '${type}'
      and up.source_repository_id = ${requirement}.repository_id and up.source_id = ${requirement}.gxp_id
      and up.relation <> 'DEPENDS_ON')`;
}

/** Whether the child of `g` is part of a specification that is part of the requirement, with a story between or without. */
function reachesOverSpecification(requirement: string): string {
  return `(${isPartOver('SPEC_TO_EVIDENCE', requirement)} or exists (select from traceability.traceability_links e
    join traceability.traceability_links p on p.repository_id = e.source_repository_id and p.target_id = e.source_id
      and p.link_type = 'US_TO_SPEC'
    join traceability.traceability_links u on u.repository_id = p.source_repository_id and u.target_id = p.source_id
      and u.link_type = 'REQ_TO_US'
    where e.repository_id = g.repository_id and e.target_id = g.target_id and e.link_type = 'SPEC_TO_EVIDENCE'
      and u.source_repository_id = ${requirement}.repository_id and u.source_id = ${requirement}.gxp_id))`;
}

const unverified: Finding = {
  kind: 'UNVERIFIED',
  applies: 'a.signature_verified is not true',
  reason: `coalesce(a.verification_reason, 'Its signature was not examined.')`,
};

const failed: Finding = {
  kind: 'FAILED',
  applies: `a.result = 'FAIL' and a.freshness is distinct from 'STALE'`,
  reason: 'a.result_reason',
};

const stale: Finding = { kind: 'STALE', applies: `a.freshness = 'STALE'`, reason: 'a.freshness_reason' };

const signaturesMissing: Finding = {
  kind: 'SIGNATURES_MISSING',
  applies: `a.signature_verified is true and not (${hasItsSignatures('a')})`,
  reason: `'It is for a requirement of high risk and needs ' || a.signatures_required || ' signatures by different keys; it has '
    || coalesce(a.signer_count, 1) || '.'`,
};

const filesMissing: Finding = {
  kind: 'FILES_MISSING',
  applies: `jsonb_array_length(a.missing_files) > 0`,
  reason: `'It names files that the repository does not have: '
    || (select string_agg(f, ', ') from (select * from jsonb_array_elements_text(a.missing_files) limit 20) f (f)) || '.'`,
};

const openCriteria = (columns: string): string =>
  `(select ${columns} from traceability.acceptance_criteria c where c.artifact_id = a.id
    and ${criterionResult('c')} <> 'PASS')`;

/** Only where evidence speaks of criteria at all: most repositories leave them to whoever reads. */
const criteriaOpen: Finding = {
  kind: 'CRITERIA_OPEN',
  applies: `exists (select from traceability.acceptance_criteria c join traceability.criterion_statements s on s.criterion_id = c.id
      where c.artifact_id = a.id) and exists ${openCriteria('')}`,
  reason: `'Evidence speaks of its acceptance criteria, and these have not passed: '
    || ${openCriteria(`string_agg(c.label, ', ' order by c.position)`)} || '.'`,
};

const inconclusive: Finding = {
  kind: 'INCONCLUSIVE',
  applies: `coalesce(a.result, 'UNKNOWN') in ('PENDING', 'UNKNOWN')`,
  reason: `coalesce(a.result_reason, 'Its result has not been read yet: scan the repository again.')`,
};

function uncovered(childName: string): Finding {
  return {
    kind: 'UNCOVERED',
    applies: 'c.source_id is null',
    reason: `'No ${childName} is linked to it.'`,
  };
}

function findingsOf(table: ArtifactTable): readonly Finding[] {
  const childName = childNames[table.type];
  const skipped = levelSkipped[table.type];
  return [
    duplicate,
    ...(table.type === 'SystemContext' ? [] : ofNamers),
    ...(table.type === 'Requirement' ? [orphanedRequirement] : table.hasParent ? [orphaned(table)] : []),
    ...(skipped === undefined
      ? []
      : [{ kind: 'LEVEL_SKIPPED', applies: 'k.target_id is not null', reason: skipped.reason }]),
    ...(childName === undefined ? [] : [uncovered(childName)]),
    ...(table.type === 'Specification' ? [filesMissing] : []),
    ...(table.type === 'Requirement' || table.type === 'UserStory' ? [criteriaOpen] : []),
    ...(table.type === 'SignedEvidence' ? [unverified, failed, inconclusive, stale, signaturesMissing] : []),
  ];
}

const idsOf = (condition: string): string =>
  `string_agg(source_id, ', ' order by source_id) filter (where ${condition})`;

/** Grouped before they are joined, for one artifact after the other would be 100,000 looks into two indexes. */
const namedByStatus = `left join (
    select repository_id, target_id,
      ${idsOf(`status = 'ORPHANED' and relation <> 'DEPENDS_ON'`)} as orphaned,
      ${idsOf(`status = 'ORPHANED' and relation = 'DEPENDS_ON'`)} as missing, ${idsOf(`status = 'AMBIGUOUS'`)} as ambiguous,
      ${idsOf(`status = 'CYCLE'`)} as cycle, ${idsOf(`status = 'SUSPECT'`)} as suspect, ${idsOf(`relation <> 'DEPENDS_ON'`)} as named
    from traceability.links where not is_valid group by repository_id, target_id
  ) l on l.repository_id = a.repository_id and l.target_id = a.gxp_id`;
/** Of the levels below a kind alone: the distinct parents of all links would be sorted once for each kind. */
const partTypes: Readonly<Partial<Record<ArtifactTable['type'], readonly LinkType[]>>> = {
  Requirement: ['REQ_TO_US', 'REQ_TO_REQ', 'REQ_TO_SPEC', 'REQ_TO_EVIDENCE'],
  UserStory: ['US_TO_SPEC', 'US_TO_EVIDENCE'],
  Specification: ['SPEC_TO_EVIDENCE'],
};
const partsOf = (types: readonly LinkType[]): string => `left join (
    select source_repository_id, source_id from traceability.links
    where link_type in (${types.map((type) => `'${type}'`).join(', ')}) group by source_repository_id, source_id
  ) c on c.source_repository_id = a.repository_id and c.source_id = a.gxp_id`;

function joinsOf(table: ArtifactTable): SqlStatement {
  const skipped = levelSkipped[table.type];
  return sql.raw(
    [
      ...(table.type === 'SystemContext' ? [] : [namedByStatus]),
      ...[partTypes[table.type] ?? []].filter((types) => types.length > 0).map(partsOf),
      ...(skipped === undefined
        ? []
        : [
            `left join (select distinct * from (${skipped.links}) k) k on k.repository_id = a.repository_id and k.target_id = a.gxp_id`,
          ]),
    ].join(' '),
  );
}

function gapsOf(table: ArtifactTable): SqlStatement {
  const findings = findingsOf(table);
  const rows = findings.map(({ kind, applies }) => sql.raw(`('${kind}', ${applies})`));
  // Reasons are made for what is amiss alone, and that is little of a large repository.
  const reasons = findings.map(({ kind, reason }) => `when '${kind}' then ${reason}`);
  return sql`select g.kind || ':' || a.id as gap_key, g.kind, ${sql.raw(`case g.kind ${reasons.join(' ')} end`)} as reason,
    ${kindOf(table)} as artifact_kind, a.repository_id, a.gxp_id, ${artifactSelection(table, 'a', 'artifact_')}
    from ${sql.raw(table.table)} a ${joinsOf(table)}
    cross join lateral (values ${sql.join(rows)}) g (kind, applies) where g.applies`;
}

/** In parentheses, for the entity map. */
const gapRelation = sql`(${unionOf(gapsOf)})`.text;

export const gaps = entity({
  type: 'Gap',
  table: gapRelation,
  isReadAlone: true,
  key: { column: 'gap_key', sqlType: 'text' },
  fields: {
    kind: field.enum('kind'),
    gxpId: text('gxp_id'),
    artifactKind: field.enum('artifact_kind'),
    reason: text('reason'),
  },
  computed: { artifact: ['artifact_kind', ...carried('artifact_')] },
  filters: ['kind', 'artifactKind', 'gxpId'],
  orders: { KIND: [orderBy('kind', 'text'), orderBy('gxp_id', 'text')] },
  defaultOrder: { field: 'KIND', direction: 'ASC' },
  visible,
});
