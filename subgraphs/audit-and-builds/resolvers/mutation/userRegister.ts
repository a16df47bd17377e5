import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Keyring } from '../../../kernel/encryption/index.js';
import { registerUser, type UserInput } from '../../repository/users.js';

interface Args extends Record<string, unknown> {
  readonly input: UserInput;
}

export function createUserRegister(keyring: Keyring | null): FieldResolver<unknown, Args> {
  return (_root, { input }, context) => {
    return registerUser(context, keyring, input);
  };
}
