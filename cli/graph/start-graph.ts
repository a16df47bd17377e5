/** Serves the graph from this process once its store is open. */
import { createGatewayMetrics } from '../../gateway/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { startAuditServices } from './audit-and-builds.js';
import { createGraphExecutor, loadSchemas } from './executor.js';
import { startScanWorker } from './scan-worker.js';
import { serveGateway } from './serve.js';
import type { OpenedStore } from './services.js';

export interface StartedGraph {
  readonly url: string;
  /** Lets running requests finish. The store stays open. */
  close(): Promise<void>;
}

export interface StartGraphOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly remotes: Readonly<Record<string, string>>;
  /** Still opening: what needs no database is made meanwhile. */
  readonly opening: Promise<OpenedStore>;
}

export async function startGraph({ config, log, remotes, opening }: StartGraphOptions): Promise<StartedGraph> {
  const schemas = await loadSchemas(remotes);
  const metrics = createGatewayMetrics();
  const { database } = await opening;
  const executor = await createGraphExecutor({ config, database, log, metrics, remotes, schemas });
  const readiness = [{ name: 'database', check: async () => void (await database.query('select 1')) }];
  const audits = startAuditServices(config, database, log);
  // One process owns the embedded store, so nobody else could do its scans.
  const scans = database.engine === 'pglite' ? await startScanWorker(config, database, log) : null;
  const { url, server } = await serveGateway({
    config,
    log,
    executor,
    metrics,
    readiness,
    extraRoutes: audits.routes,
  });
  return {
    url,
    close: async () => {
      await server.close();
      await audits.stop();
      await scans?.stop();
      await executor.dispose();
    },
  };
}
