import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { bookManually, type CreditInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<CreditInput, 'userId'> & { readonly accountId: string };
}

export const walletCredit: FieldResolver<unknown, Args> = (_parent, { input: { accountId, ...input } }, ctx) => {
  return bookManually(ctx, 'GRANT', { ...input, userId: keyOfType(accountId, 'Account') });
};
