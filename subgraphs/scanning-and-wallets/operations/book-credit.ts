/** Grants and adjustments: credit that an administrator moves by hand. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertAdjustment, assertGrant, maxBalance } from '../domain/index.js';
import { bookCredit, findBalanceByUser } from '../repository/index.js';

export interface CreditInput {
  readonly userId: string;
  readonly amount: number;
  readonly reason: string;
  readonly reference?: string | null | undefined;
  readonly clientKey?: string | null | undefined;
}

export type CreditPayload = Written<{ wallet: string; creditTransaction: string }>;

const kinds = {
  GRANT: { operation: 'walletCredit', assert: assertGrant, action: 'walletCredited' },
  ADJUSTMENT: { operation: 'walletAdjust', assert: assertAdjustment, action: 'walletAdjusted' },
} as const;

export function bookManually(writer: Writer, type: keyof typeof kinds, input: CreditInput): Promise<CreditPayload> {
  const { operation, assert, action } = kinds[type];
  const { clientKey, ...rest } = input;
  return write(writer, { operation, clientKey, input: rest }, async (tx) => {
    assert(input);
    const { userId, amount, reason, reference = null } = input;
    const actor = writer.auth.subject ?? 'anonymous';
    const booking = { userId, type, amount, reason, actor, scanJobId: null, reference };
    const booked = await bookCredit(tx, booking, maxBalance);
    if (booked === null) throw refusal(await findBalanceByUser(tx, userId), amount);
    tx.record({
      type: 'Wallet',
      key: booked.walletId,
      action,
      details: { amount, balanceAfter: booked.balanceAfter, reason, reference },
      account: userId,
      payload: { amount, balanceAfter: booked.balanceAfter },
    });
    return { wallet: booked.walletId, creditTransaction: booked.creditTransactionId };
  });
}

function refusal(balance: number | null, amount: number) {
  if (balance === null) return userError('NOT_FOUND', 'accountId', 'There is no such account.');
  if (amount < 0) {
    return userError('INSUFFICIENT_CREDIT', 'amount', `The wallet holds ${balance} credits: it can't lose ${-amount}.`);
  }
  return userError('VALIDATION', 'amount', `A wallet holds ${maxBalance} credits at most; this one has ${balance}.`);
}
