import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { progressBuild, type Progress } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: Progress & { readonly buildId: string };
}

export const buildProgress: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const buildId = uuidOfType(input.buildId, 'Build');
  return progressBuild(context, buildId, input);
};
