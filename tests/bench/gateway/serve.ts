/** One server of the bench in a process of its own: says its URL, then its CPU time whenever it is asked. */
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { parse } from 'graphql';
import { createGatewayServer } from '../../../gateway/index.js';
import type { SupergraphExecutor } from '../../../gateway/executor/types.js';
import { createHttpSupergraphExecutor } from '../../../gateway/supergraph/index.js';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { composeFixture, createContext, createFixtureExecutor } from '../../conformance/compose-fixture.js';
import { bodyOf, listen, serveSubgraphs } from '../../conformance/http-subgraphs.js';
import { benchQuery, benchSubgraphs, buildMergedBenchSchema } from './graph.js';

const [, , variant, argument] = process.argv;

async function serveGateway(executor: SupergraphExecutor): Promise<string> {
  const server = await createGatewayServer({
    executor,
    authenticate: () => Promise.resolve(Identity.anonymous),
    log: createLogger({ level: 'silent' }),
  });
  return `${await server.listen(0, '127.0.0.1')}/graphql`;
}

async function start(): Promise<string> {
  switch (variant) {
    case 'subgraphs':
      return JSON.stringify((await serveSubgraphs(benchSubgraphs)).urls);
    case 'in-process':
      return serveGateway(createFixtureExecutor(benchSubgraphs));
    case 'over-http':
      return serveGateway(
        createHttpSupergraphExecutor(composeFixture(benchSubgraphs), {
          urls: JSON.parse(argument ?? '{}') as Record<string, string>,
        }),
      );
    case 'merged': {
      const schema = buildMergedBenchSchema(createFixtureExecutor(benchSubgraphs).apiSchema);
      const server = new ApolloServer({ schema, plugins: [ApolloServerPluginCacheControlDisabled()] });
      return (await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })).url;
    }
    case 'precomputed': {
      const executor = createFixtureExecutor(benchSubgraphs);
      const result = await executor.execute({
        document: parse(benchQuery),
        source: benchQuery,
        context: createContext(),
      });
      const body = JSON.stringify(result);
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      return listen(
        createServer((request, response) => {
          void bodyOf(request).then(() => response.writeHead(200, headers).end(body));
        }),
      );
    }
    default:
      throw new Error(`there is no server ${variant}`);
  }
}

process.send?.(await start());
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit(0));
