/** Gaps as a relation: every artifact with each thing that is amiss with it. */
import { sql, type SqlStatement } from '../../kernel/db/index.js';
import { entity, field, orderBy } from '../../kernel/read/index.js';
import { artifactSelection, kindOf, unionOf, type ArtifactTable } from './artifact-tables.js';
import { carried, text, visible } from './artifact-maps.js';
import { criterionResult, hasItsSignatures } from './evidence-proof.js';

interface Finding {
  readonly kind: string;
  /** SQL over the artifact `a` and the link to its parent `l`. */
  readonly applies: string;
  readonly reason: string;
}

const childNames: Readonly<Record<string, string>> = {
  Requirement: 'user story',
  UserStory: 'specification',
  Specification: 'evidence',
};

const duplicate: Finding = {
  kind: 'DUPLICATE',
  applies: 'a.is_duplicate',
  reason: `'Several files of the repository declare the id ' || a.gxp_id || '.'`,
};

const ofChildren: readonly Finding[] = [
  {
    kind: 'ORPHANED',
    applies: `a.parent_id is null or l.status = 'ORPHANED'`,
    reason: `coalesce('Its parent ' || a.parent_id || ' is in no repository.', 'It names no parent.')`,
  },
  {
    kind: 'AMBIGUOUS',
    applies: `l.status = 'AMBIGUOUS'`,
    reason: `'Several other repositories have an artifact ' || a.parent_id || '.'`,
  },
  { kind: 'CYCLE', applies: `l.status = 'CYCLE'`, reason: `'Its parents lead from ' || a.parent_id || ' back to it.'` },
  {
    kind: 'SUSPECT',
    applies: `l.status = 'SUSPECT'`,
    reason: `'The text of its parent ' || a.parent_id || ' has changed since it was last reviewed.'`,
  },
];

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
    applies: `not exists (select from traceability.traceability_links c
      where c.source_repository_id = a.repository_id and c.source_id = a.gxp_id)`,
    reason: `'No ${childName} is linked to it.'`,
  };
}

function findingsOf(table: ArtifactTable): readonly Finding[] {
  const childName = childNames[table.type];
  return [
    duplicate,
    ...(table.hasParent ? ofChildren : []),
    ...(childName === undefined ? [] : [uncovered(childName)]),
    ...(table.type === 'Specification' ? [filesMissing] : []),
    ...(table.type === 'Requirement' || table.type === 'UserStory' ? [criteriaOpen] : []),
    ...(table.type === 'SignedEvidence' ? [unverified, failed, inconclusive, stale, signaturesMissing] : []),
  ];
}

function gapsOf(table: ArtifactTable): SqlStatement {
  const rows = findingsOf(table).map(({ kind, applies, reason }) => sql.raw(`('${kind}', ${applies}, ${reason})`));
  const link = table.hasParent
    ? sql`left join traceability.traceability_links l on l.repository_id = a.repository_id and l.target_id = a.gxp_id`
    : sql``;
  return sql`select g.kind || ':' || a.id as gap_key, g.kind, g.reason, ${kindOf(table)} as artifact_kind,
    a.repository_id, a.gxp_id, ${artifactSelection(table, 'a', 'artifact_')}
    from ${sql.raw(table.table)} a ${link}
    cross join lateral (values ${sql.join(rows)}) g (kind, applies, reason) where g.applies`;
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
