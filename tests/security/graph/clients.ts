/** The same operation by each transport. */
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { TestGateway } from './gateway.js';

export interface Question {
  readonly query?: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly extensions?: Record<string, unknown>;
  readonly documentId?: string;
}

export interface Answer {
  /** Of the HTTP response, or the close code of the WebSocket; 101 while that is open. */
  readonly status: number;
  readonly results: FormattedExecutionResult[];
  readonly errors: readonly GraphQLFormattedError[];
}

export type Ask = (gateway: TestGateway, question: Question, token?: string) => Promise<Answer>;
export type Transport = 'POST' | 'GET' | 'WebSocket' | 'server-sent events';

function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const results = text === '' ? [] : [JSON.parse(text) as FormattedExecutionResult];
  return { status: response.status, results, errors: results[0]?.errors ?? [] };
}

const post: Ask = async (gateway, question, token) => answerOf(await gateway.post(question, authorization(token)));

const get: Ask = async (gateway, question, token) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const headers = { 'apollo-require-preflight': 'true', ...authorization(token) };
  return answerOf(await fetch(`${gateway.graphql}?${search}`, { headers }));
};

const serverSentEvents: Ask = async (gateway, question, token) => {
  const response = await gateway.post(question, { accept: 'text/event-stream', ...authorization(token) });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return answerOf(response);
  const results: FormattedExecutionResult[] = [];
  for (const block of (await response.text()).split('\n\n')) {
    const data = /^event: next\ndata: (.*)$/m.exec(block)?.[1];
    if (data !== undefined) results.push(JSON.parse(data) as FormattedExecutionResult);
  }
  return { status: response.status, results, errors: results.flatMap(({ errors }) => errors ?? []) };
};

const webSocket: Ask = async (gateway, question, token) => {
  const client = createClient({
    url: gateway.graphql.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: authorization(token),
    retryAttempts: 0,
  });
  const results: FormattedExecutionResult[] = [];
  try {
    for await (const result of client.iterate(question as { query: string })) {
      results.push(result as FormattedExecutionResult);
    }
    return { status: 101, results, errors: results.flatMap(({ errors }) => errors ?? []) };
  } catch (error) {
    if (Array.isArray(error)) return { status: 101, results, errors: error as GraphQLFormattedError[] };
    const { code, reason } = error as { code: number; reason: string };
    return { status: code, results, errors: [{ message: reason }] };
  } finally {
    await client.dispose();
  }
};

export const transports: Record<Transport, Ask> = {
  POST: post,
  GET: get,
  WebSocket: webSocket,
  'server-sent events': serverSentEvents,
};
