import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { tagFeature } from '../../operations/review/describe.js';

interface Input {
  readonly featureId: string;
  readonly add?: readonly string[] | null;
  readonly remove?: readonly string[] | null;
  readonly expectedVersion?: number | null;
}

export const featureTag: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  const { featureId, add, remove, expectedVersion = null } = input;
  const target = { featureId: uuidOfType(featureId, 'Feature'), expectedVersion };
  return tagFeature(context, target, { add: add ?? [], remove: remove ?? [] });
};
