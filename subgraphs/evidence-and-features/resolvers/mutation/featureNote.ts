import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { noteFeature } from '../../operations/review/describe.js';

interface Input {
  readonly featureId: string;
  readonly notes?: string | null;
  readonly expectedVersion?: number | null;
}

export const featureNote: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, notes = null, expectedVersion = null } = input;
  return noteFeature(context, { featureId: uuidOfType(featureId, 'Feature'), expectedVersion }, notes);
};
