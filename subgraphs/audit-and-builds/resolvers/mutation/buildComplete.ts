import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { completeBuild } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly buildId: string };
}

export const buildComplete: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const buildId = uuidOfType(input.buildId, 'Build');
  return completeBuild(context, buildId);
};
