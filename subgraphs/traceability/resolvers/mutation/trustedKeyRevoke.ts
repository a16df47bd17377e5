import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { revokeTrustedKey, type ChangedKey } from '../../operations/change-trusted-key.js';

type Arguments = { input: { readonly trustedKeyId: string } };

export const trustedKeyRevoke: FieldResolver<unknown, Arguments, ChangedKey> = (_root, { input }, context) => {
  return revokeTrustedKey(context, uuidOfType(input.trustedKeyId, 'TrustedKey'));
};
