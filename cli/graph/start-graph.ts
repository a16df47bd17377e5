/** Serves the graph from this process once its store is open. */
import { createGatewayMetrics } from '../../gateway/index.js';
import { readOperationCollections } from '../../schema/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { startAuditServices } from './audit-and-builds.js';
import { startDocumentServices, startDocumentWorker } from './evidence-and-features.js';
import { createGraphExecutor, loadSchemas } from './executor.js';
import { startScanWorker } from './scan-worker.js';
import { serveGateway } from './serve.js';
import type { OpenedStore } from './services.js';
import { Started } from './started.js';
import { startWorkflowSweep, startWorkflowWorker } from './workflow-worker.js';

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

export async function startGraph(options: StartGraphOptions): Promise<StartedGraph> {
  const started = new Started();
  try {
    return { url: await start(options, started), close: () => started.end() };
  } catch (error) {
    await started.end();
    throw error;
  }
}

async function start({ config, log, remotes, opening }: StartGraphOptions, started: Started): Promise<string> {
  const schemas = await loadSchemas(config, remotes);
  const metrics = createGatewayMetrics();
  const { database } = await opening;
  const executor = await createGraphExecutor({ config, database, log, metrics, remotes, schemas });
  started.add(() => executor.dispose());
  const readiness = [{ name: 'database', check: async () => void (await database.query('select 1')) }];
  const audits = startAuditServices(config, database, log);
  started.add(() => audits.stop());
  const documents = await startDocumentServices(config, database, log);
  started.add(() => documents.stop());
  // One process owns the embedded store, so nobody else could do its scans and process its documents.
  if (database.engine === 'pglite') {
    for (const start of [startScanWorker, startDocumentWorker]) {
      const worker = await start(config, database, log);
      started.add(() => worker.stop());
    }
  }
  const workflow = await (database.engine === 'pglite' ? startWorkflowWorker : startWorkflowSweep)(
    config,
    database,
    log,
  );
  started.add(() => workflow.stop());
  const { url, server } = await serveGateway({
    config,
    log,
    executor,
    metrics,
    readiness,
    extraRoutes: [...audits.routes, ...documents.routes],
    collections: readOperationCollections,
  });
  started.add(() => server.close());
  return url;
}
