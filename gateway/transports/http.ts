/** Reaches a subgraph over HTTP, as GraphQL over HTTP says. */
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Pool } from 'undici';
import { RequestError, StartupError } from '../../subgraphs/kernel/errors/index.js';
import { finishJson, parseJson } from '../json/exact-json.js';
import type { HeaderRule } from '../../subgraphs/kernel/config/index.js';
import { fetchTimedOut } from '../executor/fetch/fetch-timeout.js';
import type { SubgraphRequest, SubgraphTransport } from '../executor/types.js';
import { callerHeaders } from './caller-header.js';
import { forwardedHeaders, handBackHeaders } from './forwarded-headers.js';
import { exchange, ExchangeEnded, ExchangeTimedOut, type HttpAnswer } from './http-exchange.js';
import { toMultipart } from './uploads.js';
import { unavailable } from './unavailable.js';
import { backOff, isTransientStatus } from './retry.js';

export interface HttpTransportOptions {
  readonly name: string;
  readonly url: string;
  /** For all attempts together. Default 15,000. */
  readonly timeoutMilliseconds?: number;
  /** Of a query whose connection failed or that met 502, 503 or 504; a mutation has one. Default 3. */
  readonly maxAttempts?: number;
  /** Connections, and so requests at a time; the others wait. Default 64. */
  readonly maxConnections?: number;
  /** Requests in flight or waiting; more are refused at once. Default 4,096. */
  readonly maxPending?: number;
  /** Default 32 MiB. */
  readonly maxAnswerBytes?: number;
  /** Of the caller's request, lower case. Default `authorization`, `traceparent` and `tracestate`; `x-request-id` is always sent. */
  readonly forwardHeaders?: readonly string[];
  /** Of the caller's request as well, by rules. Default none. */
  readonly requestHeaders?: readonly HeaderRule[];
  /** Of the answer, for the caller. Default none. */
  readonly answerHeaders?: readonly HeaderRule[];
}

export const defaultTimeoutMilliseconds = 15_000;

const defaults = {
  timeoutMilliseconds: defaultTimeoutMilliseconds,
  maxAttempts: 3,
  maxConnections: 64,
  maxPending: 4_096,
  maxAnswerBytes: 32 * 1024 * 1024,
  forwardHeaders: ['authorization', 'traceparent', 'tracestate'],
  requestHeaders: [],
  answerHeaders: [],
};

export function createHttpTransport(options: HttpTransportOptions): Omit<SubgraphTransport, 'subscribe'> {
  const settings = { ...defaults, ...options };
  const { name } = settings;
  const url = parseUrl(name, settings.url);
  let opened: Promise<Pool> | undefined;
  // A gateway with every subgraph in its own process starts without it.
  const pool = (): Promise<Pool> => (opened ??= openPool(url.origin, settings.maxConnections));
  const path = `${url.pathname}${url.search}`;
  // The text of a plan's fetch is escaped once, not for each request.
  const prefixes = new WeakMap<DocumentNode, string>();
  let pending = 0;

  const bodyOf = (
    { document, text, operationName }: SubgraphRequest,
    variables: SubgraphRequest['variables'],
  ): string => {
    let prefix = prefixes.get(document);
    if (prefix === undefined) {
      const operation = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
      prefix = `{"query":${JSON.stringify(text)}${operation}`;
      prefixes.set(document, prefix);
    }
    return variables === undefined ? `${prefix}}` : `${prefix},"variables":${finishJson(JSON.stringify(variables))}}`;
  };

  const attempts = async (request: SubgraphRequest): Promise<ExecutionResult> => {
    const { signal } = request.context;
    const form = await toMultipart(request, (variables) => bodyOf(request, variables));
    const headers = {
      'content-type': form?.contentType ?? 'application/json',
      ...(form !== null && { 'apollo-require-preflight': 'true' }),
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...callerHeaders(request.context),
      ...forwardedHeaders(request.context, settings.forwardHeaders, settings.requestHeaders),
    };
    const body = form?.body ?? bodyOf(request, request.variables);
    const endsAt = performance.now() + settings.timeoutMilliseconds;
    const maxAttempts = request.operationType === 'mutation' ? 1 : settings.maxAttempts;
    for (let attempt = 1; ; attempt++) {
      const timeoutMilliseconds = Math.max(1, Math.ceil(endsAt - performance.now()));
      const isLast = attempt >= maxAttempts;
      try {
        const { maxAnswerBytes } = settings;
        const answer = await exchange(await pool(), {
          path,
          headers,
          body,
          timeoutMilliseconds,
          maxAnswerBytes,
          signal,
        });
        if (isLast || !isTransientStatus(answer.status)) {
          handBackHeaders(request.context, name, answer.headers, settings.answerHeaders);
          return readAnswer(name, answer);
        }
      } catch (error) {
        if (error instanceof RequestError) throw error;
        if (error instanceof ExchangeTimedOut) throw fetchTimedOut(request, settings.timeoutMilliseconds);
        if (isLast || error instanceof ExchangeEnded) throw unavailable(name, (error as Error).message, error);
      }
      if (!(await backOff(attempt, endsAt, signal))) throw unavailable(name, 'no time was left for another attempt');
    }
  };

  return {
    freshAnswers: true,
    async execute(request) {
      if (pending >= settings.maxPending) throw unavailable(name, `${pending} requests are waiting for it already`);
      pending += 1;
      try {
        return await attempts(request);
      } finally {
        pending -= 1;
      }
    },
    dispose: async () => (await opened)?.destroy(),
  };
}

async function openPool(origin: string, connections: number): Promise<Pool> {
  const { Pool } = await import('undici');
  return new Pool(origin, { connections, pipelining: 1 });
}

function parseUrl(name: string, url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new StartupError(`The subgraph ${name} has no URL that can be reached over HTTP: ${JSON.stringify(url)}.`);
}

/** Errors of GraphQL may come with any status; a body that is no GraphQL response never is one. */
function readAnswer(name: string, { status, contentType, body }: HttpAnswer): ExecutionResult {
  let answer: unknown;
  try {
    answer = parseJson(body);
  } catch (error) {
    throw unavailable(name, `it answered ${status} with ${contentType || 'no content type'}, which is not JSON`, error);
  }
  if (answer !== null && typeof answer === 'object' && ('data' in answer || hasErrors(answer))) return answer;
  throw unavailable(name, `it answered ${status} with JSON that is not a GraphQL response`);
}

function hasErrors(answer: object): boolean {
  return 'errors' in answer && Array.isArray(answer.errors) && answer.errors.length > 0;
}
