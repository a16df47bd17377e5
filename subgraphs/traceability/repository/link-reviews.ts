/** Links as a review finds them, and what it leaves. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { LinkStatus } from '../domain/index.js';

export interface SuspectLink extends Record<string, unknown> {
  readonly repositoryId: string;
  readonly fullName: string;
  readonly status: LinkStatus;
  readonly seen: string | null;
  readonly current: string | null;
}

/** With the parent's fingerprint as it was seen and as it is. Null when there is no such link. */
export async function findSuspectLink(tx: Transaction, id: string): Promise<SuspectLink | null> {
  const [link] = await tx.query<SuspectLink>(sql`/* traceability.suspectLink */
    select l.repository_id as "repositoryId", r.full_name as "fullName", l.status, l.parent_fingerprint as seen,
      case l.source_kind
        when 'REQUIREMENT' then (select p.fingerprint from traceability.requirements p
          where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
        when 'USER_STORY' then (select p.fingerprint from traceability.user_stories p
          where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
        when 'SPECIFICATION' then (select p.fingerprint from traceability.specs p
          where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
      end as current
    from traceability.links l join traceability.repositories r on r.id = l.repository_id where l.id = ${id}`);
  return link ?? null;
}

export interface StoredReview {
  readonly id: string;
  readonly parentFingerprint: string | null;
  readonly reviewedBy: string | null;
  readonly note: string;
}

export async function updateReview(
  tx: Transaction,
  { id, parentFingerprint, reviewedBy, note }: StoredReview,
): Promise<void> {
  const reviewed = sql`parent_fingerprint = ${parentFingerprint}, reviewed_by = ${reviewedBy}, reviewed_at = now(),
    review_note = ${note}`;
  await tx.query(sql`/* traceability.reviewLink */
    with others as (
      update traceability.graph_links set ${reviewed} where id = ${id}
    )
    update traceability.traceability_links set ${reviewed} where id = ${id}`);
}
