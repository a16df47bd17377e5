/** Owns accounts, their credit, and the scans that it pays for: the only door into this domain. */
import type { SubgraphDefinition } from '../kernel/subgraph/index.js';
import { model } from './entities.js';
import { createResolvers } from './resolvers/index.js';
import { createResolver, type Resolve } from '../kernel/outbound/index.js';
import { defaultScanSettings, type ScanSettings } from './settings.js';

export interface SubgraphOptions {
  readonly settings?: ScanSettings;
  /** Instead of the resolution that the settings describe. */
  readonly resolve?: Resolve;
}

export function createSubgraph({ settings = defaultScanSettings, resolve }: SubgraphOptions = {}): SubgraphDefinition {
  const { dnsServers, accessTimeoutMs } = settings;
  const dependencies = {
    settings,
    resolve: resolve ?? createResolver({ servers: dnsServers, timeoutMs: accessTimeoutMs }),
  };
  return { name: 'scanning-and-wallets', model, resolvers: createResolvers(dependencies) };
}

export { defaultScanSettings, type ScanSettings } from './settings.js';
export { ScanWorker, type ScanWorkerOptions } from './worker.js';
