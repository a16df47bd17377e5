/** The whole graph over one database, in each of its shapes, with its statements counted. */
import { parse, validate, type ExecutionResult } from 'graphql';
import { expect } from '@jest/globals';
import { createRequestContext } from '../../../cli/graph/context.js';
import { createGraphExecutor } from '../../../cli/graph/executor.js';
import { LocalSubgraphs } from '../../../cli/graph/local-subgraphs.js';
import { servedSubgraphs } from '../../../cli/graph/subgraphs.js';
import { createGatewayMetrics, createSubgraphServer, type RunningServer } from '../../../gateway/index.js';
import type { SupergraphExecutor } from '../../../gateway/executor/index.js';
import type { SubgraphName } from '../../../schema/index.js';
import { authenticateLocalDeveloper, type Identity } from '../../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../../subgraphs/kernel/config/index.js';
import { countStatements, type Database } from '../../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';

/** In one process, or every subgraph a server of its own. The embedded and the server's database are the run's. */
export type Shape = 'in process' | 'over HTTP';

export interface Graph {
  readonly executor: SupergraphExecutor;
  ask(source: string): Promise<{ readonly result: ExecutionResult<Record<string, any>>; readonly statements: number }>;
  close(): Promise<void>;
}

const config = loadConfig({}, { serves: false });
const log = createLogger({ level: 'silent' });
const all = new LocalSubgraphs(config);

/** `stopped` is a subgraph that was there and no longer answers; `caller` asks everything, the local developer when left out. */
export async function openGraph(
  database: Database,
  shape: Shape,
  { stopped, caller }: { stopped?: SubgraphName; caller?: Identity } = {},
): Promise<Graph> {
  const authenticate = caller === undefined ? authenticateLocalDeveloper() : () => Promise.resolve(caller);
  await all.loadAll();
  const counted = countStatements(database);
  const servers = new Map<SubgraphName, RunningServer>();
  const remotes: Record<string, string> = {};
  for (const name of servedSubgraphs()) {
    if (shape === 'in process' && name !== stopped) continue;
    const server = createSubgraphServer({
      name,
      schema: await all.schema(name),
      authenticate,
      log,
      contextFor: (request) => createRequestContext(counted.db, request),
    });
    remotes[name] = `${await server.listen(0)}/graphql`;
    if (name === stopped) await server.close();
    else servers.set(name, server);
  }
  const executor = await createGraphExecutor({
    config,
    database: counted.db,
    log,
    metrics: createGatewayMetrics({ process: false }),
    remotes,
    local: all,
  });
  const identity: Identity = await authenticate(undefined);
  return {
    executor,
    async ask(source) {
      const document = parse(source);
      expect(validate(executor.apiSchema, document)).toEqual([]);
      const before = counted.count();
      const context = { requestId: 'scenario', headers: {}, identity, perSubgraph: new Map<string, unknown>() };
      const result = await executor.execute({ document, source, context });
      return { result: JSON.parse(JSON.stringify(result)), statements: counted.count() - before };
    },
    async close() {
      await executor.dispose();
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}
