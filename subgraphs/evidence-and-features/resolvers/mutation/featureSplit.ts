import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { splitFeature, type Split } from '../../operations/review/create.js';

export const featureSplit: FieldResolver<unknown, { readonly input: Split }> = (_root, { input }, context) => {
  return splitFeature(context, {
    ...input,
    featureId: uuidOfType(input.featureId, 'Feature'),
    evidenceIds: input.evidenceIds.map((id) => uuidOfType(id, 'Evidence')),
  });
};
