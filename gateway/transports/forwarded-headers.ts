/** What of the caller's request a subgraph is told. */
import type { GatewayContext } from '../executor/types.js';

export function forwardedHeaders(context: GatewayContext, names: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': context.requestId };
  for (const name of names) {
    const value = context.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
