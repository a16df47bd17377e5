import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { connectRepository, type ConnectInput } from '../../repository/repositories.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<ConnectInput, 'login'> & { readonly userId: string };
}

export const repositoryConnect: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { userId, ...rest } = input;
  return connectRepository(context, { ...rest, login: keyOfType(userId, 'User').toLowerCase() });
};
