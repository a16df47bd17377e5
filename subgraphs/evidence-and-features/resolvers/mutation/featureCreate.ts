import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { createFeature, type FeatureInput } from '../../operations/review/create.js';

export const featureCreate: FieldResolver<unknown, { readonly input: FeatureInput }> = (_root, { input }, context) => {
  const { parentFeatureId = null, evidence } = input;
  return createFeature(context, {
    ...input,
    parentFeatureId: parentFeatureId === null ? null : uuidOfType(parentFeatureId, 'Feature'),
    evidence: (evidence ?? []).map((link) => ({ ...link, evidenceId: uuidOfType(link.evidenceId, 'Evidence') })),
  });
};
