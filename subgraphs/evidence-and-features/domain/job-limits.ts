/** What a worker and a caller may ask of the queue. */
import { userError } from '../../kernel/errors/index.js';

export const claimLimit = 100;
export const mostRetries = 20;
/** Of one document. More is a file that was not meant for this. */
export const mostEvidence = 20_000;
export const longestErrorMessage = 2_000;
export const retriedAtOnce = 1_000;
const leaseSeconds = { min: 1, max: 3_600 };

/** Throws VALIDATION, naming the range. */
export function assertRange(field: string, value: number, { min, max }: { min: number; max: number }): void {
  if (value >= min && value <= max) return;
  throw userError('VALIDATION', field, `${field} must be ${min} to ${max}.`);
}

export function assertLeaseSeconds(value: number): void {
  assertRange('leaseSeconds', value, leaseSeconds);
}

/** Throws VALIDATION unless the text has 1 to `longest` characters; none of them NUL, which PostgreSQL can't store. */
export function assertText(field: string, text: string, longest: number): void {
  if (text.trim() !== '' && text.length <= longest && !text.includes('\0')) return;
  throw userError('VALIDATION', field, `${field} must have 1 to ${longest} characters, and no NUL.`);
}
