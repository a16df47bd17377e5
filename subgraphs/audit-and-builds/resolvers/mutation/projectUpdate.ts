import { keyOfType, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { updateProject, type ProjectFields } from '../../repository/projects.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<ProjectFields, 'repository'> & {
    readonly projectId: string;
    readonly repositoryId?: string | null;
  };
}

export const projectUpdate: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { projectId, repositoryId, ...rest } = input;
  const repository = repositoryId == null ? null : keyOfType(repositoryId, 'Repository');
  return updateProject(context, uuidOfType(projectId, 'Project'), { ...rest, repository });
};
