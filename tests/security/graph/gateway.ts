/** A running gateway over the test graph. */
import { pino } from 'pino';
import { createGatewayServer, type GatewayServerOptions, type RunningServer } from '../../../gateway/index.js';
import type { SupergraphExecutor } from '../../../gateway/executor/index.js';
import { authenticateBearer } from '../../../subgraphs/kernel/auth/index.js';
import { createGraph } from './supergraph.js';
import { createMint, type TokenMint } from './tokens.js';

export interface TestGateway {
  readonly url: string;
  readonly graphql: string;
  readonly server: RunningServer;
  readonly mint: TokenMint;
  /** What the log got, a line each. */
  readonly logged: string[];
  /** POSTs JSON, with what headers there are to add. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export async function startGateway(
  options: Partial<GatewayServerOptions> & { executor?: SupergraphExecutor } = {},
): Promise<TestGateway> {
  const mint = await createMint();
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const executor = options.executor ?? createGraph();
  const server = await createGatewayServer({
    authenticate: authenticateBearer(mint.verifyToken),
    log,
    ...options,
    executor,
  });
  const url = await server.listen(0);
  const graphql = `${url}/graphql`;
  return {
    url,
    graphql,
    server,
    mint,
    logged,
    post: (body, headers = {}) =>
      fetch(graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async close() {
      await server.close();
      await executor.dispose();
      await mint.close();
    },
  };
}
