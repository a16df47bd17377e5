/** From a request at the edge to what resolvers are given. */
import type { GatewayContext } from '../../gateway/executor/index.js';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';

/** One for each request and subgraph: loaders are never shared between two callers. */
export function createRequestContext(
  database: Database,
  request: Pick<GatewayContext, 'identity' | 'requestId' | 'signal' | 'callerAddress'>,
): RequestContext {
  const { identity, requestId, signal, callerAddress } = request;
  // What the request asks of the database is its caller's share, and ends with it.
  const own = database.lane({
    kind: 'caller',
    caller: identity.subject === null ? `address ${callerAddress ?? 'unknown'}` : `subject ${identity.subject}`,
    request: requestId,
    isAnonymous: identity.subject === null,
    signal,
  });
  return { auth: identity, requestId, db: own, database: own, loaders: new Map(), signal };
}

/** For routes beside the graph, webhooks and uploads: together one caller with one request's share. */
export function routeLane(database: Database): Database {
  return database.lane({ kind: 'caller', caller: 'routes', request: '' });
}
