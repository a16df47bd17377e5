/** Lines of a bundle of the audit trail: what a verifier outside of the system needs, as it stands in the database. */
import { sql, type Queryable } from '../../kernel/db/index.js';

export interface BundleScope {
  /** `owner/name`. */
  readonly repository: string | null;
  /** Of the transactions' beginnings: from here on, and before there. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface BundleEntry {
  /** Place in the tree, from 0. */
  readonly index: number;
  /** The text whose hash is the leaf. */
  readonly leaf: string;
  readonly payload: string | null;
}

/** At most `first` entries behind `after`, of the tree of `size`, in its order. */
export async function listBundleEntries(
  db: Queryable,
  {
    scope,
    size,
    after,
    first,
  }: { readonly scope: BundleScope; readonly size: number; readonly after: number; readonly first: number },
): Promise<BundleEntry[]> {
  const { repository, from, to } = scope;
  const isWhole = repository === null && from === null && to === null;
  const condition = isWhole
    ? sql``
    : sql`and (${repository}::text is null or a.repository = ${repository}) and (${from}::timestamptz is null or a.timestamp >= ${from})
        and (${to}::timestamptz is null or a.timestamp < ${to})`;
  return db.query<BundleEntry>(sql`/* platform.auditBundle */
    select s.sequence - 1 as index, traceability.audit_leaf(a) as leaf, a.payload
    from traceability.audit_seals s join traceability.audit_log a on a.id = s.audit_id
    where s.sequence > ${String(after + 1)}::bigint and s.sequence <= ${String(size)}::bigint ${condition}
    order by s.sequence limit ${first}`);
}
