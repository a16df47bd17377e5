import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { answerQuestion } from '../../repository/projects.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly projectId: string; readonly path: readonly string[]; readonly value?: unknown };
}

export const questionnaireAnswer: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { projectId, path, value = null } = input;
  return answerQuestion(context, uuidOfType(projectId, 'Project'), { path, value });
};
