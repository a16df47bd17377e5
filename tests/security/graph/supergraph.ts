/** A graph of three subgraphs with every way to protect something, for the tests of the doors. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@apollo/composition';
import { GraphQLScalarType, parse } from 'graphql';
import { createExecutor, type GatewayContext, type SupergraphExecutor } from '../../../gateway/executor/index.js';
import { readSupergraph } from '../../../gateway/supergraph/index.js';
import { createInProcessTransport } from '../../../gateway/transports/index.js';
import { account, catalog, reviews, type SubgraphSource } from './subgraphs.js';

export interface GraphOptions {
  /** Imports the directives under other names. */
  readonly renamed?: boolean;
  readonly onFetch?: (subgraph: string) => void;
  /** Instead of what the subgraphs compose to. */
  readonly sdl?: string;
}

const subgraphs: Readonly<Record<string, SubgraphSource>> = { account, catalog, reviews };

const plainNames = { authenticated: '@authenticated', requiresScopes: '@requiresScopes' };
const otherNames = { authenticated: '@signedIn', requiresScopes: '@grantedTo' };

function typeDefsOf(source: SubgraphSource, renamed: boolean) {
  const names = renamed ? otherNames : plainNames;
  const imports = `[
    "@key", "@shareable", "@requires", "@external",
    { name: "@authenticated", as: "${names.authenticated}" }, { name: "@requiresScopes", as: "${names.requiresScopes}" }
  ]`;
  const body = source.typeDefs
    .replaceAll('@authenticated', names.authenticated)
    .replaceAll('@requiresScopes', names.requiresScopes);
  return parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${imports})\n${body}`);
}

function composeGraph(renamed = false): string {
  const services = Object.entries(subgraphs).map(([name, source]) => ({
    name,
    url: `http://${name}.test/graphql`,
    typeDefs: typeDefsOf(source, renamed),
  }));
  const composed = composeServices(services);
  if (composed.supergraphSdl === undefined) {
    throw new Error(composed.errors?.map(({ message }) => message).join('\n'));
  }
  return composed.supergraphSdl;
}

/** Each resolver's context is the gateway's own, so that a test can see which identity and headers reach it. */
export function createGraph({
  renamed = false,
  onFetch,
  sdl = composeGraph(renamed),
}: GraphOptions = {}): SupergraphExecutor {
  return createExecutor(readSupergraph(sdl), {
    transports: ({ name }) => {
      const source = subgraphs[name] as SubgraphSource;
      const schema = buildSubgraphSchema([
        { typeDefs: typeDefsOf(source, renamed), resolvers: { ...source.resolvers, ...scalars } as never },
      ]);
      const transport = createInProcessTransport({ name, schema, contextFor: (context: GatewayContext) => context });
      return {
        ...transport,
        execute(request) {
          onFetch?.(name);
          return transport.execute(request);
        },
      };
    },
  });
}

const scalars = { JSON: new GraphQLScalarType({ name: 'JSON' }) };
