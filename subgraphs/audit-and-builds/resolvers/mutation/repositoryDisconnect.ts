import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { disconnectRepository } from '../../repository/repositories.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly repositoryId: string };
}

export const repositoryDisconnect: FieldResolver<unknown, Args> = (_root, { input }, context) =>
  disconnectRepository(context, keyOfType(input.repositoryId, 'Repository'));
