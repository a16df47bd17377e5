import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { unlinkEvidence } from '../../operations/review/link.js';

interface Input {
  readonly featureId: string;
  readonly evidenceId: string;
  readonly expectedVersion?: number | null;
}

export const featureEvidenceUnlink: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, evidenceId, expectedVersion = null } = input;
  const target = { featureId: uuidOfType(featureId, 'Feature'), expectedVersion };
  return unlinkEvidence(context, target, uuidOfType(evidenceId, 'Evidence'));
};
