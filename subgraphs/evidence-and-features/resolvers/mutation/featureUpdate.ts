import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { updateFeature, type FeatureTexts } from '../../operations/review/describe.js';

interface Input extends FeatureTexts {
  readonly featureId: string;
  readonly expectedVersion?: number | null;
}

export const featureUpdate: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, expectedVersion = null, ...texts } = input;
  return updateFeature(context, { featureId: uuidOfType(featureId, 'Feature'), expectedVersion }, texts);
};
