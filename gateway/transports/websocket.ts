/** Subscribes to a subgraph over `graphql-transport-ws`. */
import type { ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { SubgraphTransport } from '../executor/types.js';
import { finishJson, parseJson } from '../json/exact-json.js';
import type { HeaderRule } from '../../subgraphs/kernel/config/index.js';
import { EventQueue } from './event-queue.js';
import { forwardedHeaders } from './forwarded-headers.js';

import { waitBefore } from './retry.js';
import { refuseFiles } from './uploads.js';
import { unavailable } from './unavailable.js';

export interface WebSocketTransportOptions {
  readonly name: string;
  /** `ws:` or `wss:`; an `http:` URL is taken as its WebSocket twin. */
  readonly url: string;
  /** Attempts to connect. A connection lost later is not taken up again: what was missed can't be known here. Default 4. */
  readonly maxAttempts?: number;
  /** Events of one subscription that wait to be read. Default 1,000. */
  readonly maxWaitingEvents?: number;
  readonly forwardHeaders?: readonly string[];
  /** Go along as connection parameters, as all others do, and as headers of the upgrade. */
  readonly requestHeaders?: readonly HeaderRule[];
  /** How long a connection without subscriptions is kept. Default 3,000. */
  readonly idleMilliseconds?: number;
}

interface Connection {
  readonly client: Client;
  readonly queues: Set<EventQueue<ExecutionResult>>;
  /** Whether the latest socket was ever ready: if so, its loss is a loss of events. */
  isAcknowledged: boolean;
  /** Runs while nobody subscribes. */
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * One connection for each different set of forwarded headers, because a subgraph takes the caller's identity from the
 * connection: made when first needed, closed when idle.
 */
export function createWebSocketTransport(
  options: WebSocketTransportOptions,
): Pick<SubgraphTransport, 'subscribe' | 'dispose'> {
  const { name } = options;
  const forward = options.forwardHeaders ?? ['authorization'];
  const idleMilliseconds = options.idleMilliseconds ?? 3_000;
  const connections = new Map<string, Connection>();

  const forget = (key: string, connection: Connection) => {
    if (connections.get(key) === connection) connections.delete(key);
  };
  /** Nobody may find a connection that closes: a subscription begun meanwhile would be lost with it. */
  const close = (key: string, connection: Connection) => {
    forget(key, connection);
    void connection.client.dispose();
  };
  const leave = (key: string, connection: Connection, queue: EventQueue<ExecutionResult>) => {
    if (!connection.queues.delete(queue) || connection.queues.size > 0) return;
    if (idleMilliseconds === 0) close(key, connection);
    else connection.idleTimer = setTimeout(() => close(key, connection), idleMilliseconds);
  };

  return {
    async subscribe(request) {
      refuseFiles(request);
      const { context, text, variables, operationName } = request;
      const { 'x-request-id': _requestId, ...params } = forwardedHeaders(context, forward, options.requestHeaders);
      const key = JSON.stringify(params);
      const connection = connections.get(key) ?? connect(options, params, (closed) => forget(key, closed));
      connections.set(key, connection);
      clearTimeout(connection.idleTimer);
      let unsubscribe = () => {};
      const queue = new EventQueue<ExecutionResult>(options.maxWaitingEvents ?? 1_000, () => {
        unsubscribe();
        leave(key, connection, queue);
      });
      connection.queues.add(queue);
      unsubscribe = connection.client.subscribe(
        { query: text, variables: variables ?? null, operationName: operationName ?? null },
        {
          next: (event) => queue.push(event as ExecutionResult),
          error: (error) => {
            leave(key, connection, queue);
            // A list of GraphQL errors is the subgraph's answer; anything else is the connection's end.
            if (!Array.isArray(error)) return queue.fail(lost(name, error));
            queue.push({ errors: error as NonNullable<ExecutionResult['errors']> });
            queue.complete();
          },
          complete: () => {
            leave(key, connection, queue);
            queue.complete();
          },
        },
      );
      return queue;
    },
    async dispose() {
      const open = [...connections.values()];
      connections.clear();
      for (const { queues } of open) failAll(queues, unavailable(name, 'the gateway is shutting down'));
      for (const { idleTimer } of open) clearTimeout(idleTimer);
      await Promise.all(open.map(async ({ client }) => client.dispose()));
    },
  };
}

/** Reads messages so that numbers stay exact: the client takes what is no text as it is. */
class ExactWebSocket extends WebSocket {
  constructor(url: string, protocols: string | string[] | undefined, headers: Readonly<Record<string, string>>) {
    super(url, protocols, { headers });
    Object.defineProperty(this, 'onmessage', {
      set: (listener: (event: { data: unknown }) => void) => {
        this.addEventListener('message', ({ data }) => listener({ data: toMessage(data) }));
      },
    });
  }

  override send(data: string): void {
    super.send(finishJson(data));
  }
}

/** What is no message goes on as it came: the client refuses it, and closes the connection. */
function toMessage(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    const message = parseJson(data);
    return typeof message === 'object' ? message : data;
  } catch {
    return data;
  }
}

function connect(
  options: WebSocketTransportOptions,
  params: Record<string, string>,
  onClosed: (connection: Connection) => void,
): Connection {
  const queues: Connection['queues'] = new Set();
  // Servers that authenticate the upgrade look for them there; the token stays where the protocol has its place for it.
  const upgradeHeaders = Object.fromEntries(
    (options.requestHeaders ?? []).flatMap(({ to }) => (params[to] === undefined ? [] : [[to, params[to]]])),
  );
  const connector = class extends ExactWebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols, upgradeHeaders);
    }
  };
  const client = createClient({
    url: options.url.replace(/^http/, 'ws'),
    webSocketImpl: connector,
    connectionParams: params,
    // The transport closes it first; the client would close one that is just being asked.
    lazyCloseTimeout: (options.idleMilliseconds ?? 3_000) + 1_000,
    retryAttempts: (options.maxAttempts ?? 4) - 1,
    // An event of a socket that can't open is no close event, and is tried again all the same.
    shouldRetry: () => !connection.isAcknowledged,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, waitBefore(retries + 1))),
    on: {
      connecting: () => (connection.isAcknowledged = false),
      connected: () => (connection.isAcknowledged = true),
      closed: (event) => {
        // The client library would subscribe anew after a normal closure, and nobody would know of the gap.
        if (connection.isAcknowledged) failAll(queues, lost(options.name, event));
        if (queues.size > 0) return;
        clearTimeout(connection.idleTimer);
        onClosed(connection);
      },
    },
  });
  const connection: Connection = { client, queues, isAcknowledged: false, idleTimer: undefined };
  return connection;
}

function failAll(queues: Connection['queues'], error: Error): void {
  for (const queue of [...queues]) {
    queue.fail(error);
    queue.leave();
  }
}

function lost(name: string, cause: unknown): Error {
  const { code, reason, message } = (cause ?? {}) as { code?: unknown; reason?: unknown; message?: unknown };
  return unavailable(name, `its WebSocket ended: ${[code, reason, message].filter(Boolean).join(' ')}`, cause);
}
