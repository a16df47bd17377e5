/** Registers an account with its wallet. */
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { metadataFaults } from '../domain/index.js';
import { upsertAccount } from '../repository/index.js';

export interface AccountInput {
  readonly clerkUserId: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

const clerkUserIdPattern = /^[\w.@|:+-]{1,200}$/;

export function registerAccount(writer: Writer, input: AccountInput): Promise<Written<{ account: string }>> {
  return write(writer, { operation: 'accountRegister' }, async (tx) => {
    const { clerkUserId, metadata } = input;
    if (!clerkUserIdPattern.test(clerkUserId)) {
      throw userError(
        'VALIDATION',
        'clerkUserId',
        'clerkUserId must have 1 to 200 letters, digits or ._-@|:+ characters.',
      );
    }
    const faults = metadata === null ? [] : metadataFaults('metadata', metadata);
    if (faults.length > 0) throw new UserErrors(faults);
    const isNew = await upsertAccount(tx, input);
    if (isNew || metadata !== null) {
      tx.record({
        type: 'Account',
        key: clerkUserId,
        action: isNew ? 'accountRegistered' : 'accountMetadataSet',
        // Names alone: metadata is about a person.
        details: { metadata: Object.keys(metadata ?? {}).sort() },
        account: clerkUserId,
      });
    }
    return { account: clerkUserId };
  });
}
