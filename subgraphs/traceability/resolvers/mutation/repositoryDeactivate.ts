import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { setRepositoryActive } from '../../operations/change-repository.js';

type Arguments = { input: { readonly repositoryId: string } };

export const repositoryDeactivate: FieldResolver<unknown, Arguments, Written<{ repository: string }>> = (
  _root,
  { input },
  context,
) => {
  return setRepositoryActive(context, { fullName: keyOfType(input.repositoryId, 'Repository'), isActive: false });
};
