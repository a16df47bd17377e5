import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { cancelBuild } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly buildId: string; readonly reason?: string | null };
}

export const buildCancel: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const buildId = uuidOfType(input.buildId, 'Build');
  return cancelBuild(context, buildId, input.reason);
};
