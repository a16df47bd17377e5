/** The links of a repository and of those that hang together with it, made anew after anything they depend on has changed. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { linkKey, nodeKey, resolveLinks, signaturesRequired, type Link } from '../domain/index.js';
import { refreshCriteria } from './criteria.js';
import { listLinkNodes, type LinkNodeRow } from './link-nodes.js';

type StoredLink = Link & { readonly id: string };

/**
 * Links cross repositories, so two transactions that each see only their own half must not both decide: the second waits
 * here and then sees what the first has committed. Taken after the repository's row, and never before it.
 */
export async function lockLinks(tx: Transaction): Promise<void> {
  await tx.query(sql`/* traceability.lockLinks */ select pg_advisory_xact_lock(hashtext('traceability.links'))`);
}

/**
 * Brings every link that the repository's artifacts have a part in up to date, and touches no other. `goneIds` are those
 * it has no longer: to children elsewhere that name them, their going may mean that another parent is the only one now.
 */
export async function refreshLinks(
  tx: Transaction,
  repositoryId: string,
  goneIds: readonly string[] = [],
): Promise<void> {
  await lockLinks(tx);
  const nodes = await listLinkNodes(tx, repositoryId, goneIds);
  const stored = await listLinks(tx, repositoryId, nodes);
  const seen = new Map(stored.map((link) => [linkKey(link), link.parentFingerprint]));
  const links = resolveLinks(nodes, seen);
  const before = new Map(stored.map((link) => [linkKey(link), link]));
  const standing = new Set(links.map(linkKey));
  await deleteLinks(
    tx,
    stored.filter((link) => !standing.has(linkKey(link))),
  );
  await storeLinks(
    tx,
    links.filter((link) => isDifferent(link, before.get(linkKey(link)))),
  );
  await storeSignaturesRequired(tx, nodes, links);
  await refreshCriteria(tx, [...new Set([repositoryId, ...nodes.map((node) => node.repositoryId)])]);
}

/** On the evidence, so that nobody who reads has to look for the requirements above it. */
async function storeSignaturesRequired(
  tx: Transaction,
  nodes: readonly LinkNodeRow[],
  links: readonly Link[],
): Promise<void> {
  const required = signaturesRequired(nodes, links);
  const rows = nodes.flatMap(({ kind, repositoryId, gxpId, signaturesRequired: stored }) => {
    const count = required.get(nodeKey(repositoryId, gxpId)) ?? 1;
    return kind !== 'SIGNED_EVIDENCE' || stored === count
      ? []
      : [{ repository_id: repositoryId, gxp_id: gxpId, count }];
  });
  if (rows.length === 0) return;
  await tx.query(sql`/* traceability.storeSignaturesRequired */
    update traceability.evidence e set signatures_required = r.count
    from json_to_recordset(${sql.json(rows)}::json) as r (repository_id uuid, gxp_id text, count int)
    where e.repository_id = r.repository_id and e.gxp_id = r.gxp_id`);
}

function isDifferent(link: Link, stored: Link | undefined): boolean {
  return (
    stored === undefined ||
    link.status !== stored.status ||
    link.type !== stored.type ||
    link.sourceRepositoryId !== stored.sourceRepositoryId ||
    link.parentFingerprint !== stored.parentFingerprint
  );
}

/** Those of the repository, of artifacts that are gone too, and those of the artifacts elsewhere. */
async function listLinks(tx: Transaction, repositoryId: string, nodes: readonly LinkNodeRow[]): Promise<StoredLink[]> {
  const abroad = nodes.filter((node) => node.repositoryId !== repositoryId);
  return tx.query<StoredLink & Record<string, unknown>>(sql`/* traceability.linksOfNodes */
    select l.id, l.repository_id as "repositoryId", l.source_id as "sourceId", l.target_id as "targetId", l.link_type as "type",
      l.source_repository_id as "sourceRepositoryId", l.status, l.is_valid as "isValid", l.parent_fingerprint as "parentFingerprint"
    from (
      select * from traceability.traceability_links where repository_id = ${repositoryId}
      union all
      select l.* from unnest(
        ${abroad.map((node) => node.repositoryId)}::uuid[], ${abroad.map((node) => node.gxpId)}::text[]
      ) n (repository_id, gxp_id)
      join traceability.traceability_links l on l.repository_id = n.repository_id and l.target_id = n.gxp_id
    ) l`);
}

async function deleteLinks(tx: Transaction, links: readonly StoredLink[]): Promise<void> {
  if (links.length === 0) return;
  await tx.query(sql`/* traceability.deleteLinks */
    delete from traceability.traceability_links where id = any(${links.map((link) => link.id)}::uuid[])`);
}

async function storeLinks(tx: Transaction, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  const rows = links.map((link) => ({
    repository_id: link.repositoryId,
    source_id: link.sourceId,
    target_id: link.targetId,
    link_type: link.type,
    is_valid: link.isValid,
    status: link.status,
    source_repository_id: link.sourceRepositoryId,
    parent_fingerprint: link.parentFingerprint,
  }));
  await tx.query(sql`/* traceability.storeLinks */
    insert into traceability.traceability_links as l (repository_id, source_id, target_id, link_type, is_valid, status,
      source_repository_id, parent_fingerprint, suspect_since)
    select r.*, case when r.status = 'SUSPECT' then now() end
    from json_to_recordset(${sql.json(rows)}::json) as r (repository_id uuid, source_id text, target_id text, link_type text,
      is_valid boolean, status text, source_repository_id uuid, parent_fingerprint text)
    on conflict (repository_id, source_id, target_id) do update set link_type = excluded.link_type, is_valid = excluded.is_valid,
      status = excluded.status, source_repository_id = excluded.source_repository_id,
      parent_fingerprint = excluded.parent_fingerprint,
      suspect_since = case when excluded.status = 'SUSPECT' then coalesce(l.suspect_since, now()) end`);
}
