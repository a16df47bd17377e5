/** `weft gateway`: serves any Federation 2 supergraph by the routing URLs inside it, and opens no database. */
import { type Command, InvalidArgumentError } from 'commander';
import { createGatewayMetrics } from '../../gateway/index.js';
import { createHttpSupergraphExecutor, createReloadableExecutor, SubgraphsUp } from '../../gateway/supergraph/index.js';
import { readOperationCollections } from '../../schema/index.js';
import { loadConfig, packagePath } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { checkScalars } from '../graph/check-scalars.js';
import { reportTo } from '../graph/executor.js';
import { ingests, weights } from '../graph/domains.js';
import { addRemote, assertSubgraphs, type Remotes } from '../graph/remote-option.js';
import { remoteTransportOptions } from '../graph/remote-transports.js';
import { serveGateway } from '../graph/serve.js';
import { startTracing } from '../graph/tracing.js';
import { untilStopped } from '../graph/until-stopped.js';
import { readNamedFile } from '../named-file.js';

interface GatewayOptions {
  readonly supergraph?: string;
  readonly port?: number;
  readonly remote?: Remotes;
}

export function configure(command: Command, { print }: Terminal): void {
  command
    .option(
      '--supergraph <file>',
      "the supergraph's SDL, loaded again when it changes and at SIGHUP; Weft's own when left out",
    )
    .option('--port <port>', 'listen here instead of on PORT; 0 takes any that is free', toPort)
    .option('--remote <name=url>', 'where a subgraph is, instead of its routing URL; may be repeated', addRemote)
    .action(async ({ supergraph, port, remote = {} }: GatewayOptions) => {
      if (supergraph === undefined) assertSubgraphs(remote);
      const loaded = loadConfig();
      const config = port === undefined ? loaded : { ...loaded, port };
      const log = createLogger({ level: config.logLevel });
      const file = supergraph ?? packagePath('schema', 'supergraph.graphql');
      const metrics = createGatewayMetrics();
      const tracing = await startTracing(config, log);
      const subgraphsUp = new SubgraphsUp();
      const executor = await createReloadableExecutor({
        load: () => readNamedFile(file, 'The supergraph'),
        create: (sdl) => {
          const made = createHttpSupergraphExecutor(sdl, {
            urls: remote,
            subgraphsUp,
            transport: remoteTransportOptions(config, log, metrics),
            maskErrors: config.propagation.maskErrors,
            passCodes: config.propagation.errorCodes,
            fetchTimeoutMilliseconds: config.limits.fetchTimeoutMs,
            reportFailure: reportTo(log),
            observeFetch: metrics.observeFetch,
            ...(tracing !== null && { wrapTransport: tracing.fetches }),
          });
          if (supergraph === undefined) checkScalars(made.apiSchema);
          return tracing?.operations(made) ?? made;
        },
        watch: file,
        reloadOnSignal: true,
        log,
      });
      try {
        const { url, server } = await serveGateway({
          config,
          log,
          executor,
          metrics,
          readiness: [{ name: 'subgraphs', check: () => subgraphsUp.check() }],
          ...(supergraph === undefined && { collections: readOperationCollections, ingests, weights }),
        });
        print(`Weft serves ${file} at ${url}/graphql`);
        await untilStopped();
        await server.close();
      } finally {
        await executor.dispose();
        await tracing?.shutdown();
      }
    });
}

export function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return port;
}
