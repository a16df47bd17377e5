import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { reparentFeature } from '../../operations/review/reparent.js';

interface Input {
  readonly featureId: string;
  readonly parentFeatureId?: string | null;
  readonly expectedVersion?: number | null;
}

export const featureReparent: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, parentFeatureId = null, expectedVersion = null } = input;
  return reparentFeature(context, {
    featureId: uuidOfType(featureId, 'Feature'),
    parentFeatureId: parentFeatureId === null ? null : uuidOfType(parentFeatureId, 'Feature'),
    expectedVersion,
  });
};
