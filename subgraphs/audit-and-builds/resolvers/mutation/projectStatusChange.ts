import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { ProjectStatus } from '../../domain/project-states.js';
import { changeProjectStatus } from '../../repository/projects.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly projectId: string; readonly status: string };
}

export const projectStatusChange: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const status = input.status.toUpperCase() as ProjectStatus;
  return changeProjectStatus(context, uuidOfType(input.projectId, 'Project'), status);
};
