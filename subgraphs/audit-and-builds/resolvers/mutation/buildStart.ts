import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { startBuild } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly buildId: string; readonly silenceSeconds?: number | null };
}

export const buildStart: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const buildId = uuidOfType(input.buildId, 'Build');
  return startBuild(context, buildId, input.silenceSeconds);
};
