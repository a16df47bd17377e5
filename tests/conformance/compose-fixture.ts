/** Small supergraphs for tests: subgraphs as SDL and resolvers, composed and executed over a chosen transport. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import { parse, validate, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createExecutor, type ExecutorOptions, type SupergraphExecutor } from '../../gateway/executor/index.js';
import type { GatewayContext, SubgraphTransport } from '../../gateway/executor/types.js';
import { readSupergraph } from '../../gateway/supergraph/index.js';
import { createInProcessTransport } from '../../gateway/transports/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';

// A resolver map's type is Apollo's own; fixtures write theirs as plain objects.
export type Resolvers = Record<string, unknown>;

export interface SubgraphFixture {
  readonly typeDefs: string;
  readonly resolvers: Resolvers;
  readonly url?: string;
}

export type SubgraphFixtures = Readonly<Record<string, SubgraphFixture>>;

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@override", "@requires", "@external", "@provides", "@inaccessible", "@interfaceObject", "@tag",
  "@extends", "@composeDirective", "@requiresScopes"
])`;

export function subgraphSdl(fixture: SubgraphFixture): string {
  return `${link}\n${fixture.typeDefs}`;
}

/** Composers differ in what they allow: a root type below the root, for one. */
export type Compose = (
  services: { name: string; url: string; typeDefs: DocumentNode }[],
) => Pick<ReturnType<typeof composeServices>, 'supergraphSdl'> & { readonly errors?: readonly Error[] | undefined };

export function composeFixture(subgraphs: SubgraphFixtures, compose: Compose = composeServices): string {
  const services = Object.entries(subgraphs).map(([name, fixture]) => ({
    name,
    url: fixture.url ?? `http://${name}.test/graphql`,
    typeDefs: parse(subgraphSdl(fixture)),
  }));
  const composed = compose(services);
  if (composed.supergraphSdl === undefined) {
    throw new Error(`the fixture does not compose: ${composed.errors?.map(({ message }) => message).join('; ')}`);
  }
  return composed.supergraphSdl;
}

export function fixtureSchema(fixture: SubgraphFixture): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(subgraphSdl(fixture)), resolvers: fixture.resolvers as never }]);
}

export interface FixtureOptions extends Partial<ExecutorOptions> {
  readonly compileAfter?: number;
  readonly compose?: Compose;
  /** Wraps each transport, to count or to break what goes over it. */
  readonly wrap?: (transport: SubgraphTransport, name: string) => SubgraphTransport;
}

export function createFixtureExecutor(subgraphs: SubgraphFixtures, options: FixtureOptions = {}): SupergraphExecutor {
  const { compileAfter, compose, wrap, ...executorOptions } = options;
  return createExecutor(readSupergraph(composeFixture(subgraphs, compose)), {
    transports: ({ name }) => {
      const schema = fixtureSchema(subgraphs[name] as SubgraphFixture);
      const compile = compileAfter === undefined ? {} : { compileAfter };
      const transport = createInProcessTransport({ name, schema, contextFor: (context) => context, ...compile });
      return wrap === undefined ? transport : wrap(transport, name);
    },
    ...executorOptions,
  });
}

export function createContext(overrides: Partial<GatewayContext> = {}): GatewayContext {
  return { requestId: 'test', headers: {}, identity: Identity.anonymous, perSubgraph: new Map(), ...overrides };
}

export interface Query {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly context?: Partial<GatewayContext>;
}

/** The response as JSON has it, so that two ways of getting it can be compared. Throws when `source` is not valid. */
export async function query(
  executor: SupergraphExecutor,
  source: string,
  request: Query = {},
): Promise<ExecutionResult> {
  const document = parse(source);
  const invalid = validate(executor.apiSchema, document);
  if (invalid.length > 0)
    throw new Error(`the query is not valid: ${invalid.map(({ message }) => message).join('; ')}`);
  const { variables, operationName } = request;
  const context = createContext(request.context);
  const result = await executor.execute({ document, source, variables, operationName, context });
  return JSON.parse(JSON.stringify(result)) as ExecutionResult;
}
