import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { linkEvidence, type LinkInput } from '../../repository/review/link.js';

interface Input extends LinkInput {
  readonly featureId: string;
}

export const featureEvidenceLink: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, ...link } = input;
  return linkEvidence(context, uuidOfType(featureId, 'Feature'), {
    ...link,
    evidenceId: uuidOfType(link.evidenceId, 'Evidence'),
  });
};
