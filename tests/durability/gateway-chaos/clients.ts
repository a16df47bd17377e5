/** Clients as callers have them: plain HTTP, graphql-ws and graphql-sse, none of which tries anything again by itself. */
import type { FormattedExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { Agent, fetch, request } from 'undici';
import { WebSocket } from 'ws';

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

export interface Connection {
  readonly protocol: 'HTTP' | 'WebSocket' | 'server-sent events';
  iterate(operation: Operation): AsyncIterableIterator<FormattedExecutionResult>;
  close(): Promise<void>;
}

export function connectHttp(url: string): Connection {
  const dispatcher = new Agent();
  return {
    protocol: 'HTTP',
    async *iterate(operation) {
      const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
      const { body } = await request(url, { method: 'POST', headers, body: JSON.stringify(operation), dispatcher });
      yield (await body.json()) as FormattedExecutionResult;
    },
    close: () => dispatcher.destroy(),
  };
}

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

export function connectWebSocket(url: string, token?: string): Connection {
  const client = createWsClient({
    url: url.replace('http', 'ws'),
    connectionParams: authorization(token),
    webSocketImpl: WebSocket,
    lazy: false,
    // Each operation is told by itself.
    onNonLazyError: () => undefined,
    retryAttempts: 0,
  });
  return {
    protocol: 'WebSocket',
    iterate: (operation) => client.iterate(operation) as AsyncIterableIterator<FormattedExecutionResult>,
    close: async () => client.dispose(),
  };
}

export function connectEventStream(url: string, token?: string): Connection {
  const dispatcher = new Agent();
  const client = createSseClient({
    url,
    headers: authorization(token),
    fetchFn: (input: string, init: object) => fetch(input, { ...init, dispatcher }),
    abortControllerImpl: AbortController,
    retryAttempts: 0,
  });
  return {
    protocol: 'server-sent events',
    iterate: (operation) => client.iterate(operation) as AsyncIterableIterator<FormattedExecutionResult>,
    async close() {
      client.dispose();
      await dispatcher.destroy();
    },
  };
}
