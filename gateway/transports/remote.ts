/** Reaches a subgraph in another process: queries and mutations over HTTP, subscriptions over WebSocket. */
import type { SubgraphTransport } from '../executor/types.js';
import { createHttpTransport, type HttpTransportOptions } from './http.js';
import { createWebSocketTransport } from './websocket.js';

export interface RemoteTransportOptions extends HttpTransportOptions {
  /** Default: the WebSocket twin of `url`. */
  readonly subscriptionUrl?: string;
}

export function createRemoteTransport(options: RemoteTransportOptions): SubgraphTransport {
  const http = createHttpTransport(options);
  const { name, forwardHeaders } = options;
  const url = options.subscriptionUrl ?? options.url;
  const webSocket = createWebSocketTransport({ name, url, ...(forwardHeaders && { forwardHeaders }) });
  return {
    freshAnswers: true,
    execute: (request) => http.execute(request),
    subscribe: (request) => webSocket.subscribe(request),
    async dispose() {
      await Promise.all([http.dispose(), webSocket.dispose()]);
    },
  };
}
