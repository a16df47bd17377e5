import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { createBuild, type NewBuild } from '../../repository/builds.js';

interface Args extends Record<string, unknown> {
  readonly input: NewBuild;
}

export const buildCreate: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return createBuild(context, { ...input, projectId: uuidOfType(input.projectId, 'Project') });
};
