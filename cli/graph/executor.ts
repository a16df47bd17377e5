/** The graph of this build as an executor: subgraphs in this process, or reached by URL, in any mix. */
import { readFileSync } from 'node:fs';
import {
  createExecutor,
  type GatewayContext,
  type SubgraphFailure,
  type SupergraphExecutor,
} from '../../gateway/executor/index.js';
import type { GatewayMetrics } from '../../gateway/index.js';
import { readSupergraph, type Supergraph } from '../../gateway/supergraph/index.js';
import {
  createDeferredTransport,
  createInProcessTransport,
  createRemoteTransport,
  SharedFetches,
} from '../../gateway/transports/index.js';
import { packagePath, type Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { checkScalars } from './check-scalars.js';
import type { Tracing } from '../../gateway/tracing/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import { createRequestContext } from './context.js';
import { LocalSubgraphs } from './local-subgraphs.js';
import { remoteTransportOptions } from './remote-transports.js';
import { startTracing } from './tracing.js';

export interface GraphOptions {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  /** Subgraphs that run elsewhere, by name. */
  readonly remotes?: Readonly<Record<string, string>>;
  /** The others, when somebody else loads them too. */
  readonly local?: LocalSubgraphs;
  /** The committed one, when it has been read already. */
  readonly supergraph?: Supergraph;
}

/** The committed supergraph, as every shape serves it. */
export function readCommittedSupergraph(): Supergraph {
  const supergraph = readSupergraph(readFileSync(packagePath('schema', 'supergraph.graphql'), 'utf8'));
  checkScalars(supergraph.apiSchema);
  return supergraph;
}

export async function createGraphExecutor(options: GraphOptions): Promise<SupergraphExecutor> {
  const { config, database, log, metrics, remotes = {}, supergraph = readCommittedSupergraph() } = options;
  const local = options.local ?? new LocalSubgraphs(config, remotes);
  const remoteOptions = remoteTransportOptions(config, log, metrics);
  const shared = new SharedFetches(undefined, config.propagation.requestHeaders);
  const tracing = await startTracing(config, log);
  const executor = createExecutor(supergraph, {
    transports: ({ name, url }) => {
      if (remotes[name] !== undefined || !local.has(name)) {
        const remote = createRemoteTransport({ ...remoteOptions, name, url: remotes[name] ?? url });
        return shared.wrap(tracing?.fetches(remote, name) ?? remote);
      }
      const contextFor = (request: GatewayContext): RequestContext => createRequestContext(database, request);
      const inProcess = createDeferredTransport(async () =>
        createInProcessTransport({ name, schema: await local.schema(name), contextFor }),
      );
      return tracing?.fetches(inProcess, name) ?? inProcess;
    },
    reportFailure: reportTo(log),
    observeFetch: metrics.observeFetch,
    maskErrors: config.propagation.maskErrors,
    passCodes: config.propagation.errorCodes,
    fetchTimeoutMilliseconds: config.limits.fetchTimeoutMs,
  });
  return tracing === null ? executor : traced(executor, tracing);
}

function traced(executor: SupergraphExecutor, tracing: Tracing): SupergraphExecutor {
  const operations = tracing.operations(executor);
  return {
    ...operations,
    async dispose() {
      await operations.dispose();
      await tracing.shutdown();
    },
  };
}

/** What callers see masked is here whole, under the error id that they were given. */
export function reportTo(log: Logger): (failure: SubgraphFailure) => void {
  return ({ error, ...failure }) => log.error({ ...failure, err: error }, 'a subgraph failed');
}
