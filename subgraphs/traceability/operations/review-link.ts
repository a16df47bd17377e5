/** Reviews of suspect links. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { lockLinks, refreshLinks } from '../repository/links.js';
import { findSuspectLink, updateReview } from '../repository/link-reviews.js';

export interface Review {
  readonly id: string;
  readonly note: string;
  /** The parent's fingerprint that was reviewed; null takes it as it is now. */
  readonly parentFingerprint: string | null;
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
    const link = await findSuspectLink(tx, id);
    if (link === null) throw userError('NOT_FOUND', 'traceabilityLinkId', 'There is no such link.');
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
    await updateReview(tx, { id, parentFingerprint: link.current, reviewedBy: writer.auth.subject, note: text });
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
