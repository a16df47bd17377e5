import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { unlinkEvidence } from '../../repository/review/link.js';

interface Input {
  readonly featureId: string;
  readonly evidenceId: string;
}

export const featureEvidenceUnlink: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, evidenceId } = input;
  return unlinkEvidence(context, uuidOfType(featureId, 'Feature'), uuidOfType(evidenceId, 'Evidence'));
};
