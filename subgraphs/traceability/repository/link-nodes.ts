/** Which artifacts the links of a repository depend on, here and in other repositories. */
import { sql, type Queryable, type SqlStatement } from '../../kernel/db/index.js';
import type { ArtifactKind, EvidenceResultValue, LinkNode } from '../domain/index.js';
import { artifactTables, kindOf, unionOf, type ArtifactTable } from './artifact-tables.js';

export interface LinkNodeRow extends LinkNode {
  readonly signatureVerified: boolean | null;
  readonly result: EvidenceResultValue | null;
  /** Of a requirement what the policy asks for; of evidence what is stored. */
  readonly signaturesRequired: number;
  readonly isDuplicate: boolean;
}

const onlyOf = (kinds: readonly ArtifactKind[], table: ArtifactTable, column: string, type: string): SqlStatement =>
  sql.raw(kinds.includes(table.kind) ? column : `null::${type} as ${column}`);

/** What can have a parent or children. */
const nodes = sql`(${unionOf(
  (table) => sql`select ${kindOf(table)} as kind, repository_id, gxp_id, is_duplicate,
      ${onlyOf(['USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE'], table, 'parent_id', 'text')},
      edges,
      ${onlyOf(['REQUIREMENT', 'USER_STORY', 'SPECIFICATION'], table, 'fingerprint', 'text')},
      ${onlyOf(['SIGNED_EVIDENCE'], table, 'signature_verified', 'boolean')},
      ${onlyOf(['SIGNED_EVIDENCE'], table, 'result', 'text')},
      ${onlyOf(['SIGNED_EVIDENCE'], table, 'freshness', 'text')},
      ${onlyOf(['SIGNED_EVIDENCE'], table, 'signer_count', 'integer')},
      ${onlyOf(['SIGNED_EVIDENCE'], table, 'signatures_required', 'integer')},
      ${onlyOf(['REQUIREMENT'], table, 'gxp_risk_rating', 'text')}
    from ${sql.raw(table.table)}`,
  artifactTables.filter(({ kind }) => kind !== 'SYSTEM_CONTEXT'),
)})`;

/**
 * The artifacts of the repository, and those elsewhere that hang together with them, over links and over names that could
 * become links: as whole trees, because coverage comes from the bottom. `goneIds` are what was the repository's until now.
 */
export async function listLinkNodes(
  db: Queryable,
  repositoryId: string,
  goneIds: readonly string[],
): Promise<LinkNodeRow[]> {
  return db.query<LinkNodeRow & Record<string, unknown>>(sql`/* traceability.linkNodes */
    with recursive own as materialized (
      select * from ${nodes} a where a.repository_id = ${repositoryId}
    ), named as (
      select gxp_id from (
        select parent_id as gxp_id from own where parent_id is not null
        union
        select e ->> 'parentId' from own cross join lateral jsonb_array_elements(edges) e where edges is not null
      ) n where not exists (select from own p where p.gxp_id = n.gxp_id)
    ), reached (repository_id, gxp_id) as (
      (select a.repository_id, a.gxp_id from named n join ${nodes} a on a.gxp_id = n.gxp_id
        where a.repository_id <> ${repositoryId}
      union
      select l.repository_id, l.target_id from (select gxp_id from own union select unnest(${goneIds}::text[])) mine
        join traceability.links l on l.source_id = mine.gxp_id
        where l.source_repository_id is distinct from l.repository_id and l.repository_id <> ${repositoryId}
      union
      select l.repository_id, l.target_id from traceability.links l
        where l.source_repository_id = ${repositoryId} and l.repository_id <> ${repositoryId}
      union
      -- What the repository's artifacts hung on until now: one that is gone leaves its parent with less.
      select l.source_repository_id, l.source_id from traceability.links l
        where l.repository_id = ${repositoryId} and l.source_repository_id <> ${repositoryId})
      union
      select next.repository_id, next.gxp_id from reached r cross join lateral (
        select l.source_repository_id as repository_id, l.source_id as gxp_id from traceability.links l
          where l.repository_id = r.repository_id and l.target_id = r.gxp_id and l.source_repository_id is not null
        union all
        select l.repository_id, l.target_id from traceability.links l
          where l.source_repository_id = r.repository_id and l.source_id = r.gxp_id
        union all
        -- Whoever could be its parent: one that it was torn between may be the only one now.
        select a.repository_id, a.gxp_id from traceability.links l join ${nodes} a on a.gxp_id = l.source_id
          where l.repository_id = r.repository_id and l.target_id = r.gxp_id
            and l.source_repository_id is distinct from l.repository_id
      ) next where next.repository_id <> ${repositoryId}
    ), found as (
      select * from own
      union all
      select a.* from reached r join ${nodes} a on a.repository_id = r.repository_id and a.gxp_id = r.gxp_id
    )
    select kind, repository_id as "repositoryId", gxp_id as "gxpId", parent_id as "parentId", edges, fingerprint,
      signature_verified as "signatureVerified", result, freshness, signer_count as "signerCount", is_duplicate as "isDuplicate",
      coalesce(signatures_required, case when gxp_risk_rating = 'HIGH' then
        (select r.high_risk_signatures from traceability.repositories r where r.id = found.repository_id) end, 1
      ) as "signaturesRequired"
    from found`);
}
