/** Asks the graph: through a running gateway, or in this process on the configured store. The command does not know which. */
import type { ConnectOptions, GraphReader } from './client.js';
import { gatewayClient } from './gateway-client.js';

export async function connectToGraph(options: ConnectOptions): Promise<GraphReader> {
  const { config, url, token } = options;
  if (url !== undefined) return gatewayClient(url, token);
  const local = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`;
  return (await isServing(local))
    ? gatewayClient(local, token)
    : (await import('./store-client.js')).storeClient(options);
}

/** Any answer on the health path is a gateway's; a closed port answers at once. */
async function isServing(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
