/** Reaches a subgraph in another process: queries and mutations over HTTP, subscriptions over WebSocket. */
import type { SubgraphTransport } from '../executor/types.js';
import { withCircuit, type CircuitReports } from './circuit.js';
import { createHttpTransport, defaultTimeoutMilliseconds, type HttpTransportOptions } from './http.js';
import { createWebSocketTransport } from './websocket.js';

export interface RemoteTransportOptions extends HttpTransportOptions {
  /** Default: the WebSocket twin of `url`. */
  readonly subscriptionUrl?: string;
  /** What a circuit around its queries and mutations tells. Without it there is none. */
  readonly circuit?: CircuitReports & {
    /** Of a request as a whole, when it may take less than a fetch. */
    readonly requestTimeoutMilliseconds?: number;
  };
}

export function createRemoteTransport(options: RemoteTransportOptions): SubgraphTransport {
  const http = createHttpTransport(options);
  const { name, forwardHeaders, requestHeaders = [], circuit } = options;
  const url = options.subscriptionUrl ?? options.url;
  const webSocket = createWebSocketTransport({ name, url, requestHeaders, ...(forwardHeaders && { forwardHeaders }) });
  const execute: SubgraphTransport['execute'] = (request) => http.execute(request);
  const timeoutMilliseconds = Math.min(
    options.timeoutMilliseconds ?? defaultTimeoutMilliseconds,
    circuit?.requestTimeoutMilliseconds ?? Infinity,
  );
  return {
    freshAnswers: true,
    keepsTime: true,
    execute: circuit === undefined ? execute : withCircuit(execute, { ...circuit, name, timeoutMilliseconds }),
    subscribe: (request) => webSocket.subscribe(request),
    async dispose() {
      await Promise.all([http.dispose(), webSocket.dispose()]);
    },
  };
}
