/** Owns what a database failure means: to a caller (typed and safe to read), to code that handles it, and to the operator. */
import { isNativeError } from 'node:util/types';
import { RequestError } from '../errors/index.js';

export type DatabaseErrorKind =
  | 'unique'
  | 'foreign_key'
  | 'check'
  | 'not_null'
  | 'exclusion'
  | 'serialization'
  | 'deadlock'
  | 'lock_unavailable'
  | 'append_only'
  | 'illegal_transition'
  | 'separation_of_duties'
  | 'contradiction'
  | 'invalid_value'
  | 'other';

export interface DatabaseFailure {
  readonly kind: DatabaseErrorKind;
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly constraint?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
}

const kinds: Readonly<Record<string, DatabaseErrorKind>> = {
  '23505': 'unique',
  '23503': 'foreign_key',
  '23001': 'foreign_key', // restrict_violation: what ON DELETE RESTRICT raises
  '23514': 'check',
  '23502': 'not_null',
  '23P01': 'exclusion',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '55P03': 'lock_unavailable',
  // Raised by the triggers of the migrations, in a class that PostgreSQL leaves to applications.
  WF001: 'append_only',
  WF002: 'illegal_transition',
  WF003: 'separation_of_duties',
  WF004: 'contradiction',
};

interface ServerError {
  readonly code: string;
  readonly message: string;
  readonly severity: string;
  /** The function of the server that objected. */
  readonly routine?: string;
  readonly constraint?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
}

/** An error that the server itself sent, as `pg` shows it. */
function isServerError(error: unknown): error is ServerError {
  const candidate = error as Partial<ServerError> | null;
  return typeof candidate?.code === 'string' && candidate.code.length === 5 && typeof candidate.severity === 'string';
}

/** What the database objected to, or null when the error is not the database's. Looks through `cause`. */
export function checkDatabaseError(error: unknown): DatabaseFailure | null {
  for (let depth = 0, current = error; depth < 8 && isNativeError(current); depth++, current = current.cause) {
    if (isServerError(current)) {
      const { code, constraint, schema, table, column } = current;
      return {
        kind: kinds[code] ?? (code.startsWith('22') ? 'invalid_value' : 'other'),
        code,
        ...(constraint !== undefined && { constraint }),
        ...(schema !== undefined && { schema }),
        ...(table !== undefined && { table }),
        ...(column !== undefined && { column }),
      };
    }
  }
  return null;
}

const socketCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** What `pg` and its pool throw, without a code, when a connection can't be had or was lost. */
const lostConnection =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after|Query read timeout)/;

/** Whether the server could not be reached, or hung up. */
export function isConnectionFailure(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (isServerError(error)) {
    // A protocol violation is a faulty statement's, and the connection stays; a pooler says by it that it hangs up.
    if (error.code === '08P01') return error.severity === 'FATAL';
    // connection exceptions, shut down or starting up, out of connections
    return error.code.startsWith('08') || error.code.startsWith('57P') || error.code === '53300';
  }
  return socketCodes.has((error as NodeJS.ErrnoException).code) || lostConnection.test(error.message);
}

/**
 * The error as the door throws it: what a caller can act on is typed, and the rest stays as it is, for
 * {@link checkDatabaseError} and the log. The server's own words are kept in `cause` and never in the message.
 */
export function toDoorError(error: unknown): unknown {
  if (isConnectionFailure(error)) {
    return new RequestError('DATABASE_UNAVAILABLE', 'The database is not available right now. Try again.', {
      cause: error,
    });
  }
  if (!isServerError(error)) return error;
  switch (error.code) {
    case '57014': // query_canceled: by the statement timeout, or because the caller has gone
      return new RequestError('TIMEOUT', 'The database took too long to answer. Ask for less at once.', {
        cause: error,
      });
    case '22021': // character_not_in_repertoire
    case '22P05': // untranslatable_character: \u0000 inside JSON
      return new RequestError('BAD_USER_INPUT', 'Text may not contain the character U+0000.', { cause: error });
    case '22P02': // invalid_text_representation: what we send as JSON can only be refused for this
      if (error.routine?.startsWith('json') !== true) return error;
      return new RequestError('BAD_USER_INPUT', 'Text may not contain half of a surrogate pair.', { cause: error });
    default:
      return error;
  }
}
