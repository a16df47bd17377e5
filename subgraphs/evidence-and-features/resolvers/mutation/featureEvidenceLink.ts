import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { linkEvidence, type LinkInput } from '../../operations/review/link.js';

interface Input extends LinkInput {
  readonly featureId: string;
  readonly expectedVersion?: number | null;
}

export const featureEvidenceLink: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, expectedVersion = null, ...link } = input;
  return linkEvidence(
    context,
    { featureId: uuidOfType(featureId, 'Feature'), expectedVersion },
    {
      ...link,
      evidenceId: uuidOfType(link.evidenceId, 'Evidence'),
    },
  );
};
