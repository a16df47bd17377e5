import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { updateRepository, type RepositoryChange } from '../../operations/change-repository.js';

type Arguments = { input: RepositoryChange & { readonly repositoryId: string } };

export const repositoryUpdate: FieldResolver<unknown, Arguments, Written<{ repository: string }>> = (
  _root,
  { input: { repositoryId, ...change } },
  context,
) => {
  return updateRepository(context, keyOfType(repositoryId, 'Repository'), change);
};
