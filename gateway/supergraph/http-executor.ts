/** Serves any supergraph of Federation 2 by the routing URLs inside it. */
import { createExecutor, type ExecutorOptions } from '../executor/create-executor.js';
import type { SubgraphTransport, SupergraphExecutor } from '../executor/types.js';
import { createRemoteTransport, SharedFetches, type RemoteTransportOptions } from '../transports/index.js';
import type { SubgraphsUp } from './subgraphs-up.js';
import { readSupergraph } from './supergraph.js';

export interface HttpExecutorOptions extends Omit<ExecutorOptions, 'transports'> {
  /** For every subgraph. */
  readonly transport?: Omit<RemoteTransportOptions, 'name' | 'url' | 'subscriptionUrl'>;
  /** Instead of the URL in the supergraph, by subgraph name. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Told which subgraphs there are. */
  readonly subgraphsUp?: SubgraphsUp;
  /** Around each subgraph's transport, e.g. to trace its fetches. */
  readonly wrapTransport?: (transport: SubgraphTransport, subgraph: string) => SubgraphTransport;
}

/** Throws a StartupError that says what is wrong: with the SDL, or with a subgraph's URL. */
export function createHttpSupergraphExecutor(sdl: string, options: HttpExecutorOptions = {}): SupergraphExecutor {
  const { transport, urls, subgraphsUp, wrapTransport = (made) => made, ...executorOptions } = options;
  const shared = new SharedFetches(transport?.forwardHeaders, transport?.requestHeaders);
  const supergraph = readSupergraph(sdl);
  const executor = createExecutor(supergraph, {
    ...executorOptions,
    transports: ({ name, url }) => {
      const made = createRemoteTransport({ ...transport, name, url: urls?.[name] ?? url });
      return shared.wrap(wrapTransport(made, name));
    },
  });
  subgraphsUp?.expect(supergraph.subgraphs.map(({ name, url }) => ({ name, url: urls?.[name] ?? url })));
  return executor;
}
