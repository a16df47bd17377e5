/** One of the three subgraphs, as `weft subgraph` serves a domain: listens at SIGUSR2, and runs until it is killed. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
// Not by the room's door: what else is behind it would be most of the time that a start takes.
import { createSubgraphServer } from '../../../gateway/server/subgraph-server.js';
import { authenticateLocalDeveloper } from '../../../subgraphs/kernel/auth/index.js';
import { createLogger } from '../../../subgraphs/kernel/log/index.js';
import { createFixtures, type SubgraphName } from './graph.js';

const [name = '', logFile = '', port = '0'] = process.argv.slice(2);
const { typeDefs, resolvers } = createFixtures(logFile)[name as SubgraphName];
const server = createSubgraphServer({
  name,
  schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
  authenticate: authenticateLocalDeveloper(),
  contextFor: () => ({}),
  log: createLogger({ level: 'error', name }),
  loopbackOnly: true,
});
process.once('SIGUSR2', () => {
  void server.listen(Number(port)).then((url) => console.log(`${url}/graphql`));
});
console.log('loaded');
// Nothing else keeps it alive until it listens.
setInterval(() => undefined, 60_000);
