/** What each artifact has said, each text once, and at which scans it and the links stood: differences are written alone. */
import { sql, type Transaction } from '../../../kernel/db/index.js';
import type { FoundArtifact } from '../../domain/index.js';
import { toRow } from './artifact-rows.js';

interface OpenVersion extends Record<string, unknown> {
  readonly spanId: string;
  readonly kind: string;
  readonly gxpId: string;
  readonly contentHash: string;
}

/**
 * The state of the repository at its scan of that revision, after artifacts and links are stored. Five statements at most,
 * however many there are. It is held against what was noted last, not against what the scan has changed: so the first scan
 * after states came to be kept notes all that is there.
 */
export async function storeState(
  tx: Transaction,
  repositoryId: string,
  revision: number,
  found: readonly FoundArtifact[],
): Promise<void> {
  const open = await tx.query<OpenVersion>(sql`/* traceability.openVersions */
    select s.id as "spanId", v.artifact_kind as kind, v.gxp_id as "gxpId", v.content_hash as "contentHash"
    from traceability.version_spans s join traceability.artifact_versions v on v.id = s.version_id
    where s.repository_id = ${repositoryId} and s.until_revision is null`);
  const standing = new Map(open.map((each) => [keyOf(each), each.spanId]));
  const begun = found.filter(({ artifact, contentHash }) => !standing.delete(keyOf({ ...artifact, contentHash })));
  // What found nothing to go on with is what is left.
  await closeVersions(tx, [...standing.values()], revision);
  await openVersions(tx, repositoryId, revision, begun);
  await noteLinks(tx, repositoryId, revision);
}

function keyOf({ kind, gxpId, contentHash }: Pick<OpenVersion, 'kind' | 'gxpId' | 'contentHash'>): string {
  return `${kind}/${gxpId}/${contentHash}`;
}

async function closeVersions(tx: Transaction, spanIds: readonly string[], revision: number): Promise<void> {
  if (spanIds.length === 0) return;
  await tx.query(sql`/* traceability.closeVersions */
    update traceability.version_spans set until_revision = ${revision} where id = any(${spanIds}::uuid[])`);
}

async function openVersions(
  tx: Transaction,
  repositoryId: string,
  revision: number,
  begun: readonly FoundArtifact[],
): Promise<void> {
  if (begun.length === 0) return;
  const rows = begun.map((each) => ({
    kind: each.artifact.kind,
    gxp_id: each.artifact.gxpId,
    content_hash: each.contentHash,
    title: each.artifact.kind === 'SYSTEM_CONTEXT' ? each.artifact.projectName : each.artifact.title,
    path: each.artifact.path,
    content: toRow(each, null),
  }));
  await tx.query(sql`/* traceability.openVersions */
    with said as (
      select * from json_to_recordset(${sql.json(rows)}::json)
        as r (kind text, gxp_id text, content_hash text, title text, path text, content jsonb)
    ), new as (
      insert into traceability.artifact_versions (repository_id, artifact_kind, gxp_id, content_hash, title, path, content)
      select ${repositoryId}::uuid, s.* from said s
      on conflict (repository_id, artifact_kind, gxp_id, content_hash) do nothing
      returning id
    )
    insert into traceability.version_spans (repository_id, version_id, from_revision)
    select ${repositoryId}::uuid, id, ${revision}::int from new
    union all
    -- What was said before and is said again. Rows of this statement are not seen here.
    select v.repository_id, v.id, ${revision}::int from said s join traceability.artifact_versions v
      on v.repository_id = ${repositoryId} and v.artifact_kind = s.kind and v.gxp_id = s.gxp_id and v.content_hash = s.content_hash`);
}

const sameLink = sql`s.source_id = l.source_id and s.target_id = l.target_id and s.link_type = l.link_type
  and s.relation = l.relation and s.status = l.status and coalesce(s.source_repository, '') = coalesce(l.source_repository, '')`;

async function noteLinks(tx: Transaction, repositoryId: string, revision: number): Promise<void> {
  const links = sql`(select l.source_id, l.target_id, l.link_type, l.relation, l.status, r.full_name as source_repository
    from traceability.links l left join traceability.repositories r on r.id = l.source_repository_id
    where l.repository_id = ${repositoryId})`;
  await tx.query(sql`/* traceability.closeLinks */
    update traceability.link_spans s set until_revision = ${revision}
    where s.repository_id = ${repositoryId} and s.until_revision is null
      and not exists (select from ${links} l where ${sameLink})`);
  await tx.query(sql`/* traceability.openLinks */
    insert into traceability.link_spans
      (repository_id, source_id, target_id, link_type, relation, status, source_repository, from_revision)
    select ${repositoryId}::uuid, l.*, ${revision}::int from ${links} l
    where not exists (select from traceability.link_spans s
      where s.repository_id = ${repositoryId} and s.until_revision is null and ${sameLink})`);
}
