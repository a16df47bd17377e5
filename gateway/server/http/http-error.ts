/** An answer of the HTTP layer itself: always JSON, in the shape of a GraphQL error. */
import type { ServerResponse } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import type { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import { type ErrorCode } from '../../../subgraphs/kernel/errors/index.js';
import { retryHeaders } from './busy.js';
import { endUnread } from './linger.js';

export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { headers?: Record<string, string>; extensions?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

const statusOfCode: Record<ErrorCode, number> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  AUTHENTICATION_UNAVAILABLE: 503,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
  CURSOR_INVALID: 400,
  CURSOR_EXPIRED: 410,
  SLOW_CONSUMER: 429,
  SUBGRAPH_UNAVAILABLE: 503,
  DATABASE_UNAVAILABLE: 503,
  SERVER_BUSY: 503,
  EMBEDDINGS_UNAVAILABLE: 503,
  DOCUMENTS_UNAVAILABLE: 503,
  TIMEOUT: 504,
  INTERNAL_SERVER_ERROR: 500,
};

/**
 * Of a GraphQL response without data: whose fault it is. The gateway's own faults are 5xx; whatever a caller can mend is 400,
 * as GraphQL over HTTP has it for a request that was not executed.
 */
export function statusOfErrors(errors: readonly GraphQLFormattedError[]): number {
  for (const { extensions } of errors) {
    const status = statusOfCode[extensions?.['code'] as ErrorCode] as number | undefined;
    if (status !== undefined && status >= 500) return status;
  }
  return 400;
}

export function methodNotAllowed(allow: string): HttpError {
  return new HttpError(405, 'METHOD_NOT_ALLOWED', `Only ${allow} is answered here.`, { headers: { allow } });
}

/** For errors outside of GraphQL's own response: authentication, other routes. */
export function toHttpError(error: RequestError): HttpError {
  const headers: Record<string, string> = retryHeaders(error);
  if (error.code === 'UNAUTHENTICATED') {
    headers['www-authenticate'] =
      `Bearer error="invalid_token", error_description="${error.message.replace(/["\\]/g, "'")}"`;
  }
  return new HttpError(statusOfCode[error.code], error.code, error.message, { headers, extensions: error.extensions });
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  if (headers['connection'] === 'close' && !response.req.complete && !response.req.destroyed) endUnread(response, text);
  else response.end(text);
}

export function sendHttpError(response: ServerResponse, error: HttpError): void {
  const body = { errors: [{ message: error.message, extensions: { ...error.extensions, code: error.code } }] };
  sendJson(response, error.status, body, error.headers);
}
