/** Owns every error that crosses a door: what a caller may read, and what only the log may. */

/** `extensions.code` of a GraphQL error. Expected outcomes of a mutation are user errors instead, see {@link UserErrorCode}. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'AUTHENTICATION_UNAVAILABLE'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'RATE_LIMITED'
  | 'CURSOR_INVALID'
  | 'CURSOR_EXPIRED'
  | 'SLOW_CONSUMER'
  | 'SUBGRAPH_UNAVAILABLE'
  | 'DATABASE_UNAVAILABLE'
  | 'SERVER_BUSY'
  | 'EMBEDDINGS_UNAVAILABLE'
  | 'DOCUMENTS_UNAVAILABLE'
  | 'TIMEOUT'
  | 'INTERNAL_SERVER_ERROR';

/**
 * An error whose `message` is written for the caller. `internal` is for the log alone and never leaves the process.
 * graphql-js and graphql-jit copy `extensions` from a thrown error, so the code reaches the response.
 */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly internal: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { internal?: string; cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RequestError';
    this.code = code;
    this.internal = options.internal;
    this.extensions = { ...options.extensions, code };
  }
}

/** The caller left before its request was answered: nobody reads this, and nobody is to blame for it. */
export class CallerGone extends RequestError {
  constructor(message = 'The caller has gone away.') {
    super('TIMEOUT', message);
    this.name = 'CallerGone';
  }
}

/** Every code a mutation's `userErrors` may carry: the `UserErrorCode` enum of the graph, spelled the same. */
export const userErrorCodes = [
  'VALIDATION',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'CONFLICT',
  'INVALID_TRANSITION',
  'IDEMPOTENCY_MISMATCH',
  'INSUFFICIENT_CREDIT',
  'LEASE_EXPIRED',
  'RATE_LIMITED',
  'NOT_PERMITTED',
] as const;
export type UserErrorCode = (typeof userErrorCodes)[number];

/** One expected failure, as the graph's `UserError` type shows it. `field` is the path inside `input`, null for the whole. */
export interface UserError {
  readonly code: UserErrorCode;
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** Thrown inside `write` to roll its transaction back and return these to the caller as `userErrors`. */
export class UserErrors extends Error {
  readonly userErrors: readonly UserError[];

  constructor(userErrors: readonly UserError[]) {
    super(userErrors.map((error) => `${error.code}: ${error.message}`).join('; '));
    this.name = 'UserErrors';
    this.userErrors = userErrors;
  }
}

/** The common case: one expected failure at one place of the input. */
export function userError(code: UserErrorCode, field: readonly string[] | string | null, message: string): UserErrors {
  return new UserErrors([userErrorOf(code, field, message)]);
}

export function userErrorOf(code: UserErrorCode, field: readonly string[] | string | null, message: string): UserError {
  return { code, field: typeof field === 'string' ? [field] : field, message };
}

/** A bad argument of a query or subscription, where there is no payload to carry user errors. */
export function badInput(message: string, extensions: Record<string, unknown> = {}): RequestError {
  return new RequestError('BAD_USER_INPUT', message, { extensions });
}

/**
 * A caller's id that is none, or is of another type. Where a query has it, it is a bad argument; a mutation's payload says it
 * as a user error, at the field of the input that has it.
 */
export class MalformedId extends RequestError {
  constructor(
    readonly id: string,
    message: string,
    readonly expectedType: string | null = null,
  ) {
    super('BAD_USER_INPUT', message, expectedType === null ? {} : { extensions: { expectedType } });
    this.name = 'MalformedId';
  }
}

/** A mistake of the operator's: printed as one clear line at start, with what to do, and exit code 1. Never a stack trace. */
export class StartupError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StartupError';
  }
}

/** For the `default:` of an exhaustive switch: a new member of the union stops the build here, not a user at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
