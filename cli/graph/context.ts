/** From a request at the edge to what resolvers are given. */
import type { GatewayContext } from '../../gateway/executor/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';

/** One for each request and subgraph: loaders are never shared between two callers. */
export function createRequestContext(
  database: Database,
  request: Pick<GatewayContext, 'identity' | 'requestId' | 'signal'>,
): RequestContext {
  return {
    auth: request.identity,
    requestId: request.requestId,
    db: database,
    database,
    loaders: new Map(),
    signal: request.signal,
  };
}
