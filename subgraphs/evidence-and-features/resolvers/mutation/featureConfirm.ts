import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { decideFeature, type Decision } from '../../operations/review/decide.js';

export const featureConfirm: FieldResolver<unknown, { readonly input: Decision }> = (_root, { input }, context) => {
  return decideFeature(context, 'confirmed', { ...input, featureId: uuidOfType(input.featureId, 'Feature') });
};
