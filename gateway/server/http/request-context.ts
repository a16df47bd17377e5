/** What is known of a request before its operation runs. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { AnswerHeaders } from '../../executor/answer/answer-headers.js';
import { HttpError } from './http-error.js';
import type { AbortableContext } from '../operations/operations.js';

/** The caller's own id when it is one that a log line can carry. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

const urls = new WeakMap<IncomingMessage, URL>();

/** Throws 400 for a target that is no path, such as `//`. */
export function urlOf(request: IncomingMessage): URL {
  let url = urls.get(request);
  if (url === undefined) {
    const target = request.url ?? '/';
    if (!URL.canParse(target, 'http://localhost')) throw new HttpError(400, 'BAD_REQUEST', 'The address is malformed.');
    urls.set(request, (url = new URL(target, 'http://localhost')));
  }
  return url;
}

export function flatHeaders(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

export function createRequestContext(input: {
  requestId: string;
  headers: Readonly<Record<string, string | undefined>>;
  identity: Identity;
  callerAddress?: string | undefined;
}): AbortableContext {
  const controller = new AbortController();
  // Each fetch of the operation listens to it: many are no leak.
  setMaxListeners(0, controller.signal);
  return {
    requestId: input.requestId,
    headers: input.headers,
    identity: input.identity,
    callerAddress: input.callerAddress,
    signal: controller.signal,
    perSubgraph: new Map(),
    answerHeaders: new AnswerHeaders(),
    abort: (reason) => controller.abort(reason),
  };
}
