import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { registerRepository, type RegisterInput } from '../../operations/change-repository.js';

export const repositoryRegister: FieldResolver<unknown, { input: RegisterInput }, Written<{ repository: string }>> = (
  _root,
  { input },
  context,
) => {
  return registerRepository(context, input);
};
