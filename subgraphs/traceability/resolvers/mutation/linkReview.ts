import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { reviewLink } from '../../repository/review-link.js';

interface Input {
  readonly linkId: string;
  readonly note: string;
  readonly parentFingerprint?: string | null;
}

export const linkReview: FieldResolver<unknown, { input: Input }, Written<{ link: string }>> = (
  _root,
  { input: { linkId, note, parentFingerprint = null } },
  context,
) => {
  return reviewLink(context, { id: uuidOfType(linkId, 'TraceabilityLink'), note, parentFingerprint });
};
