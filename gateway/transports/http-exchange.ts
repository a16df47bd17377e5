/** One POST over a pool of kept-alive connections: its whole answer, or why there is none. */
import type { Dispatcher, Pool } from 'undici';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpExchange {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
  readonly timeoutMilliseconds: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The caller has gone, or the time is over: nothing that a retry would mend. */
export class ExchangeEnded extends Error {
  override readonly name: string = 'ExchangeEnded';
}

export class ExchangeTimedOut extends ExchangeEnded {
  override readonly name = 'ExchangeTimedOut';
}

/** Rejects with {@link ExchangeEnded}, with the signal's reason, or with what the connection failed of. */
export function exchange(pool: Pool, options: HttpExchange): Promise<HttpAnswer> {
  const { path, headers, body, signal } = options;
  if (signal?.aborted) return Promise.reject(reasonOf(signal));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let contentType = '';
    let headersAnswered: HttpAnswer['headers'] = {};
    let bytes = 0;
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;

    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    // Also before the request got a connection: then it is aborted when it does.
    const fail = (error: Error) => {
      if (failure !== undefined) return;
      failure = error;
      settle();
      reject(error);
      controller?.abort(error);
    };
    const onAbort = () => fail(reasonOf(signal as AbortSignal));
    const timer = setTimeout(
      () => fail(new ExchangeTimedOut(`no answer within ${options.timeoutMilliseconds} ms`)),
      options.timeoutMilliseconds,
    );
    signal?.addEventListener('abort', onAbort, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (failure !== undefined) started.abort(failure);
      },
      onResponseStart(_controller, statusCode, answered) {
        status = statusCode;
        contentType = String(answered['content-type'] ?? '');
        headersAnswered = answered;
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
        if (bytes > options.maxAnswerBytes)
          fail(new ExchangeEnded(`the answer exceeds ${options.maxAnswerBytes} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (failure !== undefined) return;
        settle();
        resolve({
          status,
          contentType,
          headers: headersAnswered,
          body: chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks)),
        });
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    try {
      pool.dispatch({ path, method: 'POST', headers, body }, handler);
    } catch (error) {
      fail(error as Error);
    }
  });
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof RequestError ? reason : new ExchangeEnded('the request ended before it was answered');
}
