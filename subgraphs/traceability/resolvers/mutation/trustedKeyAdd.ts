import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { addTrustedKey, type ChangedKey } from '../../operations/change-trusted-key.js';

interface Input {
  readonly repositoryId: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly clientKey?: string | null;
}

export const trustedKeyAdd: FieldResolver<unknown, { input: Input }, ChangedKey> = (_root, { input }, context) => {
  const { repositoryId, jwk, clientKey = null } = input;
  return addTrustedKey(context, { fullName: keyOfType(repositoryId, 'Repository'), jwk, clientKey });
};
