/** What is attacked, in a process of its own: the gateway as `weft start` serves it, with callers known by tokens. */
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { ingests, weights } from '../../../cli/graph/domains.js';
import { createGatewayMetrics, createGatewayServer } from '../../../gateway/index.js';
import { seed } from '../../../prisma/seed.js';
import { authenticateBearer } from '../../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { openDatabase, prepareDatabase } from '../../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { createMint } from '../../security/graph/tokens.js';
import type { Target } from './attack.js';

export interface Served {
  readonly target: Target;
  readonly victimsToken: string;
}

const [address] = process.argv.slice(2);
const log = createLogger({ level: 'fatal' });
const database = await openDatabase(address === undefined ? { dataDir: 'memory', log } : { url: address, log });
await prepareDatabase(database);
await seed(database, { size: 'medium' });
const metrics = createGatewayMetrics();
const executor = await createGraphExecutor({ config: loadConfig({}), database, log, metrics });
const mint = await createMint();
const server = await createGatewayServer({
  executor,
  log,
  metrics,
  authenticate: authenticateBearer(mint.verifyToken),
  production: true,
  ingests,
  limits: { weights },
});
const url = await server.listen(0);
const scopes = ['audit:read', 'builds:admin', 'scanning:admin', 'workflow:admin'];
process.on('disconnect', () => process.exit(0));
const tokenOf = (subject: string): Promise<string> => mint.mint({ subject, scopes, expiresIn: 3_600 });
const served: Served = {
  target: { url, token: await tokenOf('attacker'), databaseUrl: address ?? null },
  victimsToken: await tokenOf('victim'),
};
process.send?.(served);
