/** The gateway under measurement, in a process of its own: as `weft start` serves it. */
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { serveGateway } from '../../../cli/graph/serve.js';
import { createGatewayMetrics } from '../../../gateway/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openDatabase } from '../../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';

const log = createLogger({ level: 'warn' });
const database = await openDatabase({ url: process.argv[2] ?? '', log });
const config = { ...loadConfig({}), port: 0 };
const metrics = createGatewayMetrics();
const executor = await createGraphExecutor({ config, database, log, metrics });
const { url } = await serveGateway({ config, log, executor, metrics });

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1000, rss: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `${url}/graphql` });
