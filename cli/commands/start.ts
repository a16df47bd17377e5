/** `weft start`: the gateway and all its subgraphs in one process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { assertCanListen } from '../../gateway/listen/index.js';
import { loadConfig, type Config } from '../../subgraphs/kernel/config/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';
import type { Terminal } from '../command.js';
import { openConfiguredDatabase } from '../configured-database.js';
import { addRemote, assertSubgraphs, type Remotes } from '../graph/remote-option.js';
import { untilStopped } from '../graph/until-stopped.js';
import { welcome } from '../graph/welcome.js';

export function configure(command: Command, terminal: Terminal): void {
  command
    .option('--remote <name=url>', 'a subgraph that runs as a process of its own; may be repeated', addRemote)
    .action(async ({ remote = {} }: { remote?: Remotes }) => {
      assertSubgraphs(remote);
      await start(loadConfig(), remote, terminal);
    });
}

async function start(config: Config, remotes: Remotes, { print }: Terminal): Promise<void> {
  const log = createLogger({ level: config.logLevel });
  await assertCanListen(config);
  const { url, dataDir } = config.database;
  if (url === undefined && !existsSync(join(dataDir, 'database'))) {
    print(`Making the embedded store in ${dataDir}: the first start takes several seconds longer than the next.`);
  }
  // The store opens while all other modules load: together they are most of the time to the first answer.
  const connecting = openConfiguredDatabase(config, log);
  const opening = import('../graph/services.js').then(({ openStore }) => openStore(config, log, connecting));
  // Awaited below; should it fail before that, it is not to end the process unheard.
  for (const promise of [connecting, opening]) promise.catch(() => undefined);
  try {
    const { startGraph } = await import('../graph/start-graph.js');
    const graph = await startGraph({ config, log, remotes, opening });
    for (const line of welcome({ url: graph.url, config, seeded: (await opening).seeded })) print(line);
    await untilStopped(graph.completed);
    await graph.close();
  } finally {
    await (await opening).close();
  }
}
