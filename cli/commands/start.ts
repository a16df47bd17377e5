/** `weft start`: the gateway and all its subgraphs in one process. */
import type { Command } from 'commander';
import { createGatewayMetrics } from '../../gateway/index.js';
import { isSubgraphName } from '../../schema/index.js';
import { loadConfig, type Config } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { createGraphExecutor } from '../graph/executor.js';
import { addRemote } from '../graph/remote-option.js';
import { serveGateway, untilStopped } from '../graph/serve.js';
import { openStore } from '../graph/services.js';
import { welcome } from '../graph/welcome.js';

export function configure(command: Command, terminal: Terminal): void {
  command
    .option('--remote <name=url>', 'a subgraph that runs as a process of its own; may be repeated', addRemote, {})
    .action(async ({ remote }: { remote: Readonly<Record<string, string>> }) => {
      const unknown = Object.keys(remote).filter((name) => !isSubgraphName(name));
      if (unknown.length > 0) throw new StartupError(`There is no subgraph ${unknown.join(', ')} for --remote.`);
      await start(loadConfig(), remote, terminal);
    });
}

async function start(config: Config, remotes: Readonly<Record<string, string>>, { print }: Terminal): Promise<void> {
  const log = createLogger({ level: config.logLevel });
  const store = await openStore(config, log);
  try {
    const { database } = store;
    const metrics = createGatewayMetrics();
    const executor = await createGraphExecutor({ config, database, log, metrics, remotes });
    const readiness = [{ name: 'database', check: async () => void (await database.query('select 1')) }];
    const { url, server } = await serveGateway({ config, log, executor, metrics, readiness });
    for (const line of welcome({ url, config, seeded: store.seeded })) print(line);
    await untilStopped();
    await server.close();
    await executor.dispose();
  } finally {
    await store.close();
  }
}
