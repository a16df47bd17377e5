/** `weft subgraph <name>`: one domain as a process of its own, for a gateway that calls it. */
import { type Command, InvalidArgumentError } from 'commander';
import { createGatewayMetrics, createSubgraphServer } from '../../gateway/index.js';
import { assertCanListen } from '../../gateway/listen/index.js';
import { isSubgraphName, subgraphPorts, type SubgraphName } from '../../schema/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { createRequestContext } from '../graph/context.js';
import { observeDatabase, observeTrail, trailReadiness } from '../graph/database-metrics.js';
import { lazyAsk } from '../graph/ask.js';
import { routesOf, startWork } from '../graph/domain-work.js';
import { domains } from '../graph/domains.js';
import { openAuthentication } from '../graph/authentication.js';
import { Started } from '../graph/started.js';
import { untilStopped } from '../graph/until-stopped.js';
import { openStore } from '../graph/services.js';
import { loadSubgraph, servedSubgraphs } from '../graph/subgraphs.js';
import { toPort } from './gateway.js';

export function configure(command: Command, terminal: Terminal): void {
  command
    .argument('<name>', `one of ${servedSubgraphs().join(', ')}`, toSubgraphName)
    .option(
      '--port <port>',
      'listen here; when left out, where the committed supergraph looks for it (PORT is the gateway’s)',
      toPort,
    )
    .action((name: SubgraphName, { port }: { port?: number }) => serve(name, port ?? subgraphPorts[name], terminal));
}

async function serve(name: SubgraphName, port: number, { print }: Terminal): Promise<void> {
  const config = loadConfig();
  await assertCanListen({ port, host: config.host, setting: '--port' });
  const log = createLogger({ level: config.logLevel, name: `weft-${name}` });
  const metrics = createGatewayMetrics();
  const { authenticate, readiness } = openAuthentication(config.auth, log, metrics);
  const started = new Started();
  try {
    const store = await openStore(config, log);
    started.add(() => store.close());
    const { database, trail } = store;
    observeDatabase(metrics, database);
    observeTrail(metrics, trail);
    const served = [domains.get(name) ?? []].flat();
    const services = { config, database, log, ask: lazyAsk({ config, database, log }, started) };
    await startWork(served, services, started);
    const server = createSubgraphServer({
      name,
      schema: await loadSubgraph(name, config),
      authenticate,
      contextFor: (request) => createRequestContext(database, request),
      log,
      metrics,
      loopbackOnly: config.auth?.mode === 'off',
      http: { operationTimeoutMilliseconds: config.limits.requestTimeoutMs },
      extraRoutes: routesOf(served, services),
      readiness: [
        { name: 'database', check: async () => void (await database.query('select 1')) },
        trailReadiness(trail),
        ...readiness,
      ],
    });
    started.add(() => server.close());
    print(`Weft serves the subgraph ${name} at ${await server.listen(port, config.host)}/graphql`);
    await untilStopped();
  } finally {
    await started.end();
  }
}

function toSubgraphName(text: string): SubgraphName {
  if (isSubgraphName(text) && servedSubgraphs().includes(text)) return text;
  throw new InvalidArgumentError(`There are ${servedSubgraphs().join(', ')}.`);
}
