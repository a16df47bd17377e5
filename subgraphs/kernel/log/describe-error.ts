/** An error as the log keeps it: everything, where the caller was told only what concerns them. */
import { isNativeError } from 'node:util/types';
import { redactText, redactValue } from './redact.js';

export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** What a RequestError kept from its caller. */
  readonly internal?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
  readonly [detail: string]: unknown;
}

/** A chain of causes may be a ring. */
const deepestCause = 6;
/** Of these a database error has many; they say which row and which constraint. */
const details = [
  'detail',
  'hint',
  'schema',
  'table',
  'column',
  'constraint',
  'where',
  'path',
  'extensions',
  'userErrors',
];

export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!isNativeError(error)) return { type: typeof error, message: redactText(String(error)) };
  const fields = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: redactText(error.message),
    ...(typeof fields['code'] === 'string' && { code: fields['code'] }),
    ...(typeof fields['internal'] === 'string' && { internal: redactText(fields['internal']) }),
    ...Object.fromEntries(
      details.filter((name) => fields[name] !== undefined).map((name) => [name, redactValue(fields[name])]),
    ),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && depth < deepestCause && { cause: describeError(error.cause, depth + 1) }),
  };
}
