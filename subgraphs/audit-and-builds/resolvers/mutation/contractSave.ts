import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveContract, type ContractInput } from '../../repository/projects.js';

interface Args extends Record<string, unknown> {
  readonly input: ContractInput;
}

export const contractSave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return saveContract(context, { ...input, projectId: uuidOfType(input.projectId, 'Project') });
};
