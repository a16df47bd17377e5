import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { reviewLink } from '../../operations/review-link.js';

interface Input {
  readonly traceabilityLinkId: string;
  readonly note: string;
  readonly parentFingerprint?: string | null;
}

export const linkReview: FieldResolver<unknown, { input: Input }, Written<{ traceabilityLink: string }>> = (
  _root,
  { input: { traceabilityLinkId, note, parentFingerprint = null } },
  context,
) => {
  return reviewLink(context, { id: uuidOfType(traceabilityLinkId, 'TraceabilityLink'), note, parentFingerprint });
};
