/** The client that every call of GitHub's API goes through: retries, limits of rate, conditional requests, and what a failure means. */
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { Logger } from '../../kernel/log/index.js';
import { redactSecrets } from '../domain/redaction.js';
import { AnswerCache } from './answer-cache.js';

/** GitHub can't be asked, or refuses. The message is for people. */
export class GithubFailure extends Error {
  /** Whether the next try may succeed. */
  readonly mayPass: boolean;
  /** GitHub's word on when. */
  readonly retryAfterSeconds: number | null;

  constructor(
    message: string,
    options: { mayPass?: boolean; retryAfterSeconds?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.mayPass = options.mayPass ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

export interface ClientOptions {
  readonly apiUrl: string;
  readonly log: Pick<Logger, 'warn'>;
}

/** As octokit has them: a token, or a strategy with what that takes. */
type Credentials = Pick<NonNullable<ConstructorParameters<typeof Octokit>[0]>, 'auth' | 'authStrategy'>;

const Client = Octokit.plugin(retry, throttling);
export type GithubClient = Octokit;

const answerWithinMs = 20_000;
/** A worker waits this long for a limit to pass, in seconds; what waits longer is taken up later. */
const longestWait = 30;

/** What one caller is allowed is counted by GitHub for all of its requests, so clients of the same `caller` wait in one line. */
export function createClient({ apiUrl, log }: ClientOptions, credentials: Credentials, caller: string): GithubClient {
  const mayWait = (seconds: number, _options: object, _octokit: unknown, tries: number): boolean =>
    seconds <= longestWait && tries < 2;
  const client = new Client({
    ...credentials,
    baseUrl: apiUrl,
    userAgent: 'weft',
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs), redirect: 'follow' }),
    },
    retry: { retries: 2 },
    throttle: { id: caller, onRateLimit: mayWait, onSecondaryRateLimit: mayWait },
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string) => log.warn({ message }, 'a word of the client of GitHub'),
      // Told by who asked.
      error: () => undefined,
    },
  });
  client.hook.wrap('request', async (request, options) => {
    if (options.method !== 'GET') return request(options);
    const { url } = client.request.endpoint.parse(options);
    return cache.ask(`${caller} ${url}`, options.headers, () => request(options));
  });
  return client;
}

const cache = new AnswerCache(500);

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | number | undefined>> };
}

function isRefusal(error: unknown): error is Refusal & Error {
  return error instanceof Error && typeof (error as Partial<Refusal>).status === 'number';
}

export function isNotFound(error: unknown): boolean {
  return isRefusal(error) && error.status === 404;
}

/** What is no answer of GitHub is thrown on. */
export function toFailure(error: unknown, what: string): GithubFailure {
  if (error instanceof GithubFailure) return error;
  if (!isRefusal(error)) throw error;
  const { status, message } = error;
  const headers = error.response?.headers ?? {};
  const isLimit =
    status === 429 || (status === 403 && (headers['x-ratelimit-remaining'] === '0' || /rate limit/i.test(message)));
  const said = redactSecrets(message).split('\n', 1)[0]?.slice(0, 300) ?? '';
  // Octokit has 500 for whatever no answer came of.
  const reason =
    error.response === undefined ? `GitHub can’t be reached: ${said}` : `GitHub answered ${status}: ${said}`;
  return new GithubFailure(`${what}: ${reason}`, {
    mayPass: isLimit || status >= 500,
    retryAfterSeconds: isLimit ? secondsIn(headers) : null,
    cause: error,
  });
}

function secondsIn(headers: NonNullable<NonNullable<Refusal['response']>['headers']>): number {
  const after = Number(headers['retry-after']);
  if (after > 0) return after;
  const reset = Number(headers['x-ratelimit-reset']) - Date.now() / 1_000;
  return reset > 0 ? Math.ceil(reset) + 1 : 60;
}
