/** The links of a repository and of those that hang together with it, made anew after anything they depend on has changed. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { linkKey, nodeKey, resolveLinks, signaturesRequired, type Link, type LinkType } from '../domain/index.js';
import { refreshCriteria } from './criteria.js';
import { listLinkNodes, type LinkNodeRow } from './link-nodes.js';

type StoredLink = Link & { readonly id: string };

/** Links of the ladder stand in the table of the source document, all others beside it. */
export const ladder: ReadonlySet<LinkType> = new Set(['REQ_TO_US', 'US_TO_SPEC', 'SPEC_TO_EVIDENCE']);

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
  const standing = new Map(links.map((link) => [linkKey(link), link]));
  await deleteLinks(
    tx,
    stored.filter((link) => {
      const type = standing.get(linkKey(link))?.type;
      return type === undefined || ladder.has(type) !== ladder.has(link.type);
    }),
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
    link.relation !== stored.relation ||
    link.sourceKind !== stored.sourceKind ||
    link.targetKind !== stored.targetKind ||
    link.reachesProof !== stored.reachesProof ||
    link.sourceRepositoryId !== stored.sourceRepositoryId ||
    link.parentFingerprint !== stored.parentFingerprint
  );
}

/** Those of the repository, of artifacts that are gone too, and those of the artifacts elsewhere. */
async function listLinks(tx: Transaction, repositoryId: string, nodes: readonly LinkNodeRow[]): Promise<StoredLink[]> {
  const abroad = nodes.filter((node) => node.repositoryId !== repositoryId);
  return tx.query<StoredLink & Record<string, unknown>>(sql`/* traceability.linksOfNodes */
    select l.id, l.repository_id as "repositoryId", l.source_id as "sourceId", l.target_id as "targetId", l.link_type as "type",
      l.relation, l.source_kind as "sourceKind", l.target_kind as "targetKind", l.reaches_proof as "reachesProof",
      l.source_repository_id as "sourceRepositoryId", l.status, l.is_valid as "isValid", l.parent_fingerprint as "parentFingerprint"
    from (
      select * from traceability.links where repository_id = ${repositoryId}
      union all
      select l.* from unnest(
        ${abroad.map((node) => node.repositoryId)}::uuid[], ${abroad.map((node) => node.gxpId)}::text[]
      ) n (repository_id, gxp_id)
      join traceability.links l on l.repository_id = n.repository_id and l.target_id = n.gxp_id
    ) l`);
}

async function deleteLinks(tx: Transaction, links: readonly StoredLink[]): Promise<void> {
  if (links.length === 0) return;
  const ids = links.map((link) => link.id);
  await tx.query(sql`/* traceability.deleteLinks */
    with others as (delete from traceability.graph_links where id = any(${ids}::uuid[]))
    delete from traceability.traceability_links where id = any(${ids}::uuid[])`);
}

async function storeLinks(tx: Transaction, links: readonly Link[]): Promise<void> {
  await storeInto(
    tx,
    'traceability_links',
    links.filter(({ type }) => ladder.has(type)),
  );
  await storeInto(
    tx,
    'graph_links',
    links.filter(({ type }) => !ladder.has(type)),
  );
}

const storedColumns = {
  ...{ repository_id: 'uuid', source_id: 'text', target_id: 'text', link_type: 'text', relation: 'text' },
  ...{
    is_valid: 'boolean',
    status: 'text',
    reaches_proof: 'boolean',
    source_repository_id: 'uuid',
    parent_fingerprint: 'text',
  },
} as const;
const columnsOf = {
  traceability_links: storedColumns,
  graph_links: { ...storedColumns, source_kind: 'text', target_kind: 'text' },
} as const;
const endColumns: readonly string[] = ['repository_id', 'source_id', 'target_id'];

async function storeInto(tx: Transaction, table: keyof typeof columnsOf, links: readonly Link[]): Promise<void> {
  if (links.length === 0) return;
  const rows = links.map((link) => ({
    repository_id: link.repositoryId,
    source_id: link.sourceId,
    target_id: link.targetId,
    link_type: link.type,
    relation: link.relation,
    is_valid: link.isValid,
    status: link.status,
    reaches_proof: link.reachesProof,
    source_repository_id: link.sourceRepositoryId,
    parent_fingerprint: link.parentFingerprint,
    ...(table === 'graph_links' && { source_kind: link.sourceKind, target_kind: link.targetKind }),
  }));
  const columns = Object.entries(columnsOf[table]);
  const names = columns.map(([name]) => name);
  const assigned = names.filter((name) => !endColumns.includes(name)).map((name) => `${name} = excluded.${name}`);
  await tx.query(sql`/* traceability.storeLinks */
    insert into ${sql.raw(`traceability.${table} as l (${names.join(', ')}, suspect_since)`)}
    select ${sql.raw(names.map((name) => `r.${name}`).join(', '))}, case when r.status = 'SUSPECT' then now() end
    from json_to_recordset(${sql.json(rows)}::json) as r (${sql.raw(columns.map(([name, type]) => `${name} ${type}`).join(', '))})
    on conflict (repository_id, source_id, target_id) do update set ${sql.raw(assigned.join(', '))},
      suspect_since = case when excluded.status = 'SUSPECT' then coalesce(l.suspect_since, now()) end`);
}
