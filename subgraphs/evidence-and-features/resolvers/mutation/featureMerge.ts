import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { mergeFeatures, type Merge } from '../../operations/review/merge.js';

export const featureMerge: FieldResolver<unknown, { readonly input: Merge }> = (_root, { input }, context) => {
  return mergeFeatures(context, {
    ...input,
    featureId: uuidOfType(input.featureId, 'Feature'),
    sourceFeatureIds: input.sourceFeatureIds.map((id) => uuidOfType(id, 'Feature')),
  });
};
