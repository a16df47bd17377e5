import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { OutputType } from '../../domain/output-content.js';
import { generateFeatureOutput } from '../../operations/review/generate-output.js';

interface Input {
  readonly featureId: string;
  readonly type: OutputType;
}

export const featureOutputGenerate: FieldResolver<unknown, { readonly input: Input }> = (_root, { input }, context) => {
  return generateFeatureOutput(context, { ...input, featureId: uuidOfType(input.featureId, 'Feature') });
};
