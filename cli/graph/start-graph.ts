/** Serves the graph from this process once its store is open. */
import { setTimeout as delay } from 'node:timers/promises';
import { createGatewayMetrics } from '../../gateway/index.js';
import { readOperationCollections } from '../../schema/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { createAsk } from './ask.js';
import { observeDatabase, observeTrail, trailReadiness } from './database-metrics.js';
import { routesOf, startWork } from './domain-work.js';
import { domains, ingests, weights } from './domains.js';
import { createGraphExecutor, readCommittedSupergraph } from './executor.js';
import { LocalSubgraphs } from './local-subgraphs.js';
import { serveGateway } from './serve.js';
import type { OpenedStore } from './services.js';
import { Started } from './started.js';

export interface StartedGraph {
  readonly url: string;
  /** Resolves when every subgraph is made and the workers work, which goes on while the first requests are answered. */
  readonly completed: Promise<void>;
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
    return { ...(await start(options, started)), close: () => started.end() };
  } catch (error) {
    await started.end();
    throw error;
  }
}

async function start(
  { config, log, remotes, opening }: StartGraphOptions,
  started: Started,
): Promise<Omit<StartedGraph, 'close'>> {
  const local = new LocalSubgraphs(config, remotes);
  // The store is still opening in its thread: the time is there.
  const supergraph = readCommittedSupergraph();
  await local.loadFirst();
  const metrics = createGatewayMetrics();
  const { database, trail } = await opening;
  observeDatabase(metrics, database);
  observeTrail(metrics, trail);
  const executor = await createGraphExecutor({ config, database, log, metrics, remotes, local, supergraph });
  started.add(() => executor.dispose());
  const services = { config, database, log, ask: createAsk(config, () => Promise.resolve(executor)) };
  const { url, server } = await serveGateway({
    config,
    log,
    executor,
    metrics,
    readiness: [
      { name: 'database', check: async () => void (await database.query('select 1')) },
      { name: 'subgraphs', check: () => local.assertLoaded() },
      trailReadiness(trail),
    ],
    extraRoutes: routesOf(domains.values(), services),
    collections: readOperationCollections,
    ingests,
    weights,
  });
  started.add(() => server.close());
  return {
    url,
    completed: completeLater(
      local,
      // No other process can open the embedded store, so this one does all that waits in it.
      () => startWork(domains.values(), services, started, () => database.engine === 'pglite'),
      started,
    ),
  };
}

/** Milliseconds in which those who waited for the port are answered first. */
const headStart = 250;

/** What the first answer needs not: the other subgraphs, then the workers. Ended with the rest, also half-way. */
function completeLater(local: LocalSubgraphs, next: () => Promise<void>, started: Started): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const complete = async (): Promise<void> => {
    await delay(headStart, undefined, { signal });
    await local.loadAll(signal);
    await next();
  };
  const completed = complete().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  started.add(async () => {
    stopping.abort();
    await completed.catch(() => undefined);
  });
  return completed;
}
