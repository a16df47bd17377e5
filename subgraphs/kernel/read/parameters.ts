/** The values of one statement, in the order of their placeholders. */
import { badInput } from '../errors/index.js';

export class Parameters {
  readonly values: unknown[] = [];

  /** Adds a value and answers its placeholder. Without a cast PostgreSQL infers the type from where it stands. */
  add(value: unknown, sqlType?: string): string {
    // PostgreSQL's text can't hold NUL: said here, it is the caller's mistake and not a database error.
    if (hasNul(value)) throw badInput('Text may not contain the character U+0000.');
    const length = this.values.push(value);
    return sqlType === undefined ? `$${length}` : `$${length}::${sqlType}`;
  }
}

function hasNul(value: unknown): boolean {
  return typeof value === 'string' ? value.includes('\0') : Array.isArray(value) && value.some(hasNul);
}
