/** Every movement of credit: the balance and its transaction change in one statement. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { CreditTransactionType } from '../domain/index.js';

export interface Booking {
  readonly userId: string;
  readonly type: CreditTransactionType;
  /** Signed: what it adds to the balance. */
  readonly amount: number;
  readonly reason: string;
  readonly actor: string;
  readonly scanJobId: string | null;
  readonly reference: string | null;
}

export interface Booked {
  readonly walletId: string;
  readonly creditTransactionId: string;
  readonly balanceAfter: number;
}

/**
 * Null when there is no wallet, or when the balance would leave 0 to `maxBalance`. Waits for whoever is moving the same
 * wallet, and then sees what they left.
 */
export async function bookCredit(tx: Transaction, booking: Booking, maxBalance: number): Promise<Booked | null> {
  const { userId, type, amount, reason, actor, scanJobId, reference } = booking;
  const [row] = await tx.query<{ id: string; wallet_id: string; balance_after: number }>(sql`/* scanning.bookCredit */
    with moved as (
      update scanning.wallets set credit_balance = credit_balance + ${amount}::int4
      where user_id = ${userId} and credit_balance + ${amount}::int8 between 0 and ${maxBalance}::int8
      returning id, credit_balance
    )
    insert into scanning.credit_transactions (wallet_id, type, amount, balance_after, reason, actor, scan_job_id, reference)
    select id, ${type}, ${amount}::int4, credit_balance, ${reason}, ${actor}, ${scanJobId}::uuid, ${reference} from moved
    returning id, wallet_id, balance_after`);
  return row === undefined
    ? null
    : { walletId: row.wallet_id, creditTransactionId: row.id, balanceAfter: row.balance_after };
}

/** The wallet's balance now; null when the account has none. */
export async function findBalanceByUser(tx: Transaction, userId: string): Promise<number | null> {
  const [row] = await tx.query<{ credit_balance: number }>(sql`/* scanning.findBalanceByUser */
    select credit_balance from scanning.wallets where user_id = ${userId}`);
  return row?.credit_balance ?? null;
}
