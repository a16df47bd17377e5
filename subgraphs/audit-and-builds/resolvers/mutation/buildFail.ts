import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { failBuild } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly buildId: string; readonly reason: string };
}

export const buildFail: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const buildId = uuidOfType(input.buildId, 'Build');
  return failBuild(context, buildId, input.reason);
};
