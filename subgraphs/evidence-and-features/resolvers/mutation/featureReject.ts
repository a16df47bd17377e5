import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { decideFeature, type Decision } from '../../operations/review/decide.js';

export const featureReject: FieldResolver<unknown, { readonly input: Decision }> = (_root, { input }, context) => {
  return decideFeature(context, 'rejected', { ...input, featureId: uuidOfType(input.featureId, 'Feature') });
};
