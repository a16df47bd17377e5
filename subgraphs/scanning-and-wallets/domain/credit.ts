/** What may be booked on a wallet by hand. */
import { userError } from '../../kernel/errors/index.js';

export type CreditTransactionType = 'GRANT' | 'DEBIT' | 'REFUND' | 'ADJUSTMENT';

/** Credits that one booking may move, and the most a wallet may hold: far below where an `integer` ends. */
export const maxAmount = 1_000_000;
export const maxBalance = 1_000_000_000;
const maxTextLength = 500;

export interface ManualBooking {
  readonly amount: number;
  readonly reason: string;
  readonly reference?: string | null | undefined;
}

/** A grant adds credit. Throws VALIDATION. */
export function assertGrant(input: ManualBooking): void {
  if (input.amount < 1 || input.amount > maxAmount) {
    throw userError('VALIDATION', 'amount', `amount must be 1 to ${maxAmount}, got ${input.amount}.`);
  }
  assertTexts(input);
}

/** An adjustment corrects the balance in either direction. Throws VALIDATION. */
export function assertAdjustment(input: ManualBooking): void {
  if (input.amount === 0 || Math.abs(input.amount) > maxAmount) {
    throw userError(
      'VALIDATION',
      'amount',
      `amount must be -${maxAmount} to ${maxAmount} and not 0, got ${input.amount}.`,
    );
  }
  assertTexts(input);
}

function assertTexts({ reason, reference }: ManualBooking): void {
  assertText('reason', reason, 1);
  if (reference != null) assertText('reference', reference, 1);
}

/** Throws VALIDATION unless `text` has `min` to 500 characters that the database can store. */
export function assertText(field: string, text: string, min: number): void {
  if (text.trim().length < min || text.length > maxTextLength || text.includes('\0')) {
    throw userError('VALIDATION', field, `${field} must have ${min} to ${maxTextLength} characters.`);
  }
}
