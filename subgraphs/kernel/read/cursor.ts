/** Cursors: opaque to the caller, they carry the ordering they belong to and the ordering columns' values of one row. */
import { RequestError } from '../errors/index.js';
import { isUuid } from '../ids/index.js';
import type { OrderColumn } from './entity-map.js';

export type CursorValue = string | number | boolean | null;

/** Longest cursor taken from a caller; the longest we make holds four texts of 2,000 characters, each six bytes in JSON. */
const maxCursorLength = 65_536;

function refuse(message: string): RequestError {
  return new RequestError('CURSOR_INVALID', message);
}

/** `ordering` names type, field and direction, e.g. `Requirement.TITLE_ASC`. */
export function encodeCursor(ordering: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([ordering, ...values]), 'utf8').toString('base64url');
}

/** The values of a cursor made with the same ordering. Throws CURSOR_INVALID when it is malformed or from another one. */
export function decodeCursor(cursor: string, ordering: string, columns: readonly OrderColumn[]): CursorValue[] {
  const [found, ...values] = parse(cursor);
  if (found !== ordering) {
    throw refuse(
      `The cursor belongs to the ordering ${String(found).slice(0, 100)}, this page is ordered by ${ordering}.`,
    );
  }
  if (values.length !== columns.length || !values.every((value, index) => fits(value, columns[index]))) {
    throw refuse('Malformed cursor: its values do not fit its ordering. Pass a cursor exactly as it was answered.');
  }
  return values as CursorValue[];
}

function parse(cursor: string): unknown[] {
  const malformed = refuse('Malformed cursor: pass a cursor exactly as it was answered.');
  if (cursor.length === 0 || cursor.length > maxCursorLength) throw malformed;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'string') return parsed;
  } catch {
    throw malformed;
  }
  throw malformed;
}

const timestampPattern = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

/** A day that its month does not have is the next month's to JavaScript, and an error to PostgreSQL. */
function isTimestamp(text: string): boolean {
  const time = timestampPattern.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 19));
}

/** A list of one number prints as that number does. */
function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** A forged value must be refused here: in a cast it would be a database error. */
function fits(value: unknown, column: OrderColumn | undefined): boolean {
  if (column === undefined) return false;
  if (value === null) return column.nullable === true;
  switch (column.sqlType) {
    case 'uuid':
      return typeof value === 'string' && isUuid(value);
    case 'timestamptz':
      return typeof value === 'string' && isTimestamp(value);
    case 'int4':
      return Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647;
    case 'int8':
      return isPlain(value) && /^-?\d{1,19}$/.test(String(value)) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
    case 'numeric':
      return isPlain(value) && /^-?\d{1,100}(\.\d{1,100})?$/.test(String(value));
    case 'boolean':
      return typeof value === 'boolean';
    default:
      return typeof value === 'string' && !value.includes('\0');
  }
}
