import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { createProject, type NewProject } from '../../repository/projects.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<NewProject, 'login' | 'repository'> & {
    readonly userId: string;
    readonly repositoryId?: string | null;
  };
}

export const projectCreate: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { userId, repositoryId, ...rest } = input;
  const repository = repositoryId == null ? null : keyOfType(repositoryId, 'Repository');
  return createProject(context, { ...rest, login: keyOfType(userId, 'User').toLowerCase(), repository });
};
