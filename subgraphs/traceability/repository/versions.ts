/** What artifacts said earlier, and what differs between two scans: selects over the spans for which versions and links stood. */
import { badInput } from '../../kernel/errors/index.js';
import { sql, type Queryable } from '../../kernel/db/index.js';
import { entity, field, match, orderBy, type RelationMap, type Row } from '../../kernel/read/index.js';
import type { ArtifactKind } from '../domain/index.js';
import { id, repository, text, visible } from './artifact-maps.js';

const scan = (column: string): RelationMap => ({ kind: 'one', type: 'Scan', on: [match('id', column)] });

/** A version for as long as it stood without a break; one that came back stands here twice, and its text once. */
export const artifactVersions = entity({
  type: 'ArtifactVersion',
  table: `(select s.id, s.repository_id, s.from_revision, v.artifact_kind, v.gxp_id, v.content_hash, v.title, v.path, v.content,
      b.id as from_scan_id, b.started_at as stood_from, e.id as until_scan_id, e.started_at as stood_until
    from traceability.version_spans s join traceability.artifact_versions v on v.id = s.version_id
    join traceability.scans b on b.repository_id = s.repository_id and b.revision = s.from_revision
    left join traceability.scans e on e.repository_id = s.repository_id and e.revision = s.until_revision)`,
  key: id,
  fields: {
    id: field.id('ArtifactVersion', 'id'),
    artifactKind: field.enum('artifact_kind'),
    gxpId: text('gxp_id'),
    title: text('title'),
    path: text('path'),
    contentHash: text('content_hash'),
    markdownContent: field.longText((table) => `${table}.content ->> 'markdown_content'`),
    content: field.json('content'),
    stoodFrom: field.timestamp('stood_from'),
    stoodUntil: field.timestamp('stood_until'),
  },
  relations: { repository, from: scan('from_scan_id'), until: scan('until_scan_id') },
  orders: { STOOD_FROM: [orderBy('stood_from', 'timestamptz')] },
  defaultOrder: { field: 'STOOD_FROM', direction: 'DESC' },
  visible,
});

/** The versions of an artifact of the kind, which is not the artifact's own column. */
export const historyOf = (kind: ArtifactKind): RelationMap => ({
  kind: 'connection',
  type: 'ArtifactVersion',
  on: [match('repository_id', 'repository_id'), match('gxp_id', 'gxp_id', 'text')],
  where: (version) => `${version}.artifact_kind = '${kind}'`,
});

/** Two scans of one repository, whichever was first. */
const pairs = `traceability.scans f join traceability.scans t
  on t.repository_id = f.repository_id and f.revision is not null and t.revision is not null`;
/** Whether the span under the alias covers one scan and not the other. */
const standsAt = (span: string, scan: string): string => `${span}.repository_id = ${scan}.repository_id
  and ${span}.from_revision <= ${scan}.revision and (${span}.until_revision is null or ${span}.until_revision > ${scan}.revision)`;
const onlyAt = (span: string, here: string, there: string): string => `${standsAt(span, here)}
  and not (${span}.from_revision <= ${there}.revision and (${span}.until_revision is null or ${span}.until_revision > ${there}.revision))`;

const change = `case when a.gxp_id is null then 'ADDED' when b.gxp_id is null then 'REMOVED' else 'CHANGED' end`;
const linkChange = `case when a.target_id is null then 'ADDED' when b.target_id is null then 'REMOVED' else 'CHANGED' end`;

const versionsOnlyAt = (here: string, there: string): string =>
  sql`select v.artifact_kind, v.gxp_id, v.title, v.path,
    v.content_hash, s.id as span_id
  from traceability.version_spans s join traceability.artifact_versions v on v.id = s.version_id where ${sql.raw(onlyAt('s', here, there))}`
    .text;

/** What stood at both is never looked at: a difference costs what differs, and one pass over the spans' numbers. */
export const artifactDifferences = entity({
  type: 'ArtifactDifference',
  table: `(select d.artifact_kind || '/' || d.gxp_id as difference_key, f.repository_id, f.id as from_id, t.id as to_id, d.*
    from ${pairs} cross join lateral (
      select coalesce(b.artifact_kind, a.artifact_kind) as artifact_kind, coalesce(b.gxp_id, a.gxp_id) as gxp_id,
        coalesce(b.title, a.title) as title, coalesce(b.path, a.path) as path, ${change} as change,
        a.span_id as before_id, b.span_id as after_id
      from (${versionsOnlyAt('f', 't')}) a full join (${versionsOnlyAt('t', 'f')}) b
        on b.artifact_kind = a.artifact_kind and b.gxp_id = a.gxp_id
      where a.content_hash is distinct from b.content_hash
    ) d)`,
  isReadAlone: true,
  key: { column: 'difference_key', sqlType: 'text' },
  fields: {
    change: field.enum('change'),
    artifactKind: field.enum('artifact_kind'),
    gxpId: text('gxp_id'),
    title: text('title'),
    path: text('path'),
  },
  relations: {
    before: { kind: 'one', type: 'ArtifactVersion', on: [match('id', 'before_id')] },
    after: { kind: 'one', type: 'ArtifactVersion', on: [match('id', 'after_id')] },
  },
  orders: { GXP_ID: [orderBy('gxp_id', 'text')] },
  defaultOrder: { field: 'GXP_ID', direction: 'ASC' },
  visible,
});

export const linkDifferences = entity({
  type: 'LinkDifference',
  table: `(select d.source_id || ' ' || d.target_id as difference_key, f.repository_id, f.id as from_id, t.id as to_id, d.*
    from ${pairs} cross join lateral (
      select coalesce(b.source_id, a.source_id) as source_id, coalesce(b.target_id, a.target_id) as target_id,
        coalesce(b.link_type, a.link_type) as link_type, coalesce(b.relation, a.relation) as relation,
        ${linkChange} as change, a.status as before_status, b.status as after_status
      from (select * from traceability.link_spans s where ${onlyAt('s', 'f', 't')}) a
      full join (select * from traceability.link_spans s where ${onlyAt('s', 't', 'f')}) b
        on b.source_id = a.source_id and b.target_id = a.target_id
      where (a.status, a.link_type, a.relation, a.source_repository)
        is distinct from (b.status, b.link_type, b.relation, b.source_repository)
    ) d)`,
  isReadAlone: true,
  key: { column: 'difference_key', sqlType: 'text' },
  fields: {
    change: field.enum('change'),
    sourceId: text('source_id'),
    targetId: text('target_id'),
    linkType: field.enum('link_type'),
    relation: field.enum('relation'),
    beforeStatus: field.enum('before_status'),
    afterStatus: field.enum('after_status'),
  },
  orders: { TARGET_ID: [orderBy('target_id', 'text')] },
  defaultOrder: { field: 'TARGET_ID', direction: 'ASC' },
  visible,
});

/** What a scan left covered: later snapshots of the same scan are of keys that were trusted or revoked since. */
const coverageAt = (at: string): string =>
  sql`select distinct on (artifact_kind, risk_rating) * from traceability.coverage_snapshots
  where scan_id = ${sql.raw(at)}.id order by artifact_kind, risk_rating, taken_at`.text;

export const coverageDifferences = entity({
  type: 'CoverageDifference',
  table: `(select d.artifact_kind || coalesce('/' || d.risk_rating, '') as difference_key, f.repository_id, f.id as from_id, t.id as to_id, d.*
    from ${pairs} cross join lateral (
      select b.artifact_kind, b.risk_rating, a.total as before_total, b.total as after_total, a.covered as before_covered,
        b.covered as after_covered, a.deeply_covered as before_deep, b.deeply_covered as after_deep
      from (${coverageAt('f')}) a join (${coverageAt('t')}) b
        on b.artifact_kind = a.artifact_kind and b.risk_rating is not distinct from a.risk_rating
    ) d)`,
  isReadAlone: true,
  key: { column: 'difference_key', sqlType: 'text' },
  fields: {
    artifactKind: field.enum('artifact_kind'),
    riskRating: field.enum('risk_rating'),
    beforeTotal: field.integer('before_total'),
    afterTotal: field.integer('after_total'),
    beforeCovered: field.integer('before_covered'),
    afterCovered: field.integer('after_covered'),
    beforeDeeplyCovered: field.integer('before_deep'),
    afterDeeplyCovered: field.integer('after_deep'),
  },
  visible,
});

const between = [match('from_id', 'from_id'), match('to_id', 'to_id')];

/** Known by its two scans alone: what differs is asked for list by list. */
export const scanDifferences = entity({
  type: 'ScanDifference',
  table: `(select f.id || '..' || t.id as pair_key, f.repository_id, f.id as from_id, t.id as to_id from ${pairs})`,
  key: { column: 'pair_key', sqlType: 'text' },
  fields: {},
  relations: {
    from: scan('from_id'),
    to: scan('to_id'),
    artifacts: { kind: 'connection', type: 'ArtifactDifference', on: between },
    links: { kind: 'connection', type: 'LinkDifference', on: between },
    coverage: {
      kind: 'list',
      type: 'CoverageDifference',
      on: between,
      order: [orderBy('difference_key', 'text')],
      limit: 6,
    },
  },
  visible,
});

interface ScanOfCommit extends Record<string, unknown> {
  readonly commit: string;
  readonly id: string | null;
}

/** Throws BAD_USER_INPUT for a commit at which no scan was kept. */
export async function findScanDifference(
  db: Queryable,
  repositoryId: string,
  commits: { readonly from: string; readonly to: string },
): Promise<Row> {
  const asked = [commits.from, commits.to].map((commit) => commit.toLowerCase());
  if (!asked.every((commit) => /^[0-9a-f]{7,64}$/.test(commit))) {
    throw badInput('Expected commits: 7 to 64 hex digits.', {});
  }
  const rows = await db.query<ScanOfCommit>(sql`/* traceability.scansOfCommits */
    select c.commit, (select s.id from traceability.scans s
      where s.repository_id = ${repositoryId} and s.revision is not null and starts_with(s.commit_sha, c.commit)
      order by s.revision desc limit 1) as id
    from unnest(${asked}::text[]) with ordinality c (commit, place) order by c.place`);
  const missing = rows.find((row) => row.id === null);
  if (missing !== undefined) throw badInput(`No scan of ${missing.commit} is kept.`, {});
  const [from, to] = rows;
  return { _from_id: from?.id ?? null, _to_id: to?.id ?? null, _repository_id: repositoryId };
}
