/** The gateway under measurement, in a process of its own. */
import { pino } from 'pino';
import { createGatewayServer } from '../../../gateway/index.js';
import { authenticateLocalDeveloper } from '../../../subgraphs/kernel/auth/index.js';
import { createGraph } from '../../security/graph/supergraph.js';

const server = await createGatewayServer({
  executor: createGraph(),
  authenticate: authenticateLocalDeveloper(),
  log: pino({ level: 'warn' }),
});
const url = await server.listen(0);
process.on('message', () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  // CPU in milliseconds.
  process.send?.({ rss, heap: heapUsed, cpu: (user + system) / 1000 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url: `${url.replace('http', 'ws')}/graphql` });
