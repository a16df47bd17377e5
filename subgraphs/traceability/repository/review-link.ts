/** Reviews of suspect links. */
import { sql } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import type { LinkStatus } from '../domain/index.js';
import { lockLinks, refreshLinks } from './links.js';

export interface Review {
  readonly id: string;
  readonly note: string;
  /** The parent's fingerprint that was reviewed; null takes it as it is now. */
  readonly parentFingerprint: string | null;
}

interface SuspectLink extends Record<string, unknown> {
  readonly repositoryId: string;
  readonly fullName: string;
  readonly status: LinkStatus;
  readonly seen: string | null;
  readonly current: string | null;
}

const maxNoteLength = 2_000;

export function reviewLink(
  writer: Writer,
  { id, note, parentFingerprint }: Review,
): Promise<Written<{ traceabilityLink: string }>> {
  return write(writer, { operation: 'linkReview' }, async (tx) => {
    const text = note.trim();
    if (text === '' || text.length > maxNoteLength || text.includes('\0')) {
      throw userError('VALIDATION', 'note', `A review needs a note of 1 to ${maxNoteLength} characters.`);
    }
    await lockLinks(tx);
    const [link] = await tx.query<SuspectLink>(sql`/* traceability.suspectLink */
      select l.repository_id as "repositoryId", r.full_name as "fullName", l.status, l.parent_fingerprint as seen,
        case l.link_type
          when 'REQ_TO_US' then (select p.fingerprint from traceability.requirements p
            where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
          when 'US_TO_SPEC' then (select p.fingerprint from traceability.user_stories p
            where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
          else (select p.fingerprint from traceability.specs p
            where p.repository_id = l.source_repository_id and p.gxp_id = l.source_id)
        end as current
      from traceability.traceability_links l join traceability.repositories r on r.id = l.repository_id where l.id = ${id}`);
    if (link === undefined) throw userError('NOT_FOUND', 'traceabilityLinkId', 'There is no such link.');
    if (link.status !== 'SUSPECT') {
      throw userError(
        'INVALID_TRANSITION',
        'traceabilityLinkId',
        `The link is ${link.status}: only a SUSPECT one is reviewed.`,
      );
    }
    if (parentFingerprint !== null && parentFingerprint !== link.current) {
      throw userError('CONFLICT', 'parentFingerprint', 'The parent has changed since it was reviewed. Read it again.');
    }
    await tx.query(sql`/* traceability.reviewLink */
      update traceability.traceability_links set parent_fingerprint = ${link.current}, reviewed_by = ${writer.auth.subject},
        reviewed_at = now(), review_note = ${text} where id = ${id}`);
    // The status, and the coverage above it, follow from the fingerprint.
    await refreshLinks(tx, link.repositoryId);
    tx.record({
      type: 'TraceabilityLink',
      key: id,
      action: 'linkReviewed',
      repository: link.fullName,
      details: { parentFingerprint: [link.seen, link.current], note: text },
    });
    return { traceabilityLink: id };
  });
}
