/** The one fetch of a subscription's plan that subscribes. */
import type { ExecutionResult } from 'graphql';
import type { FetchNode, SubscriptionNode } from '../plan/plan-nodes.js';
import { createRootMerge } from './root-fetch.js';
import type { Run } from '../run.js';
import { SubgraphFetch, type PlanEnvironment } from './subgraph-fetch.js';

export interface SubscriptionSource {
  /** The events of the subgraph, or its errors as a caller may see them. Never rejects. */
  subscribe(run: Run): Promise<AsyncIterator<ExecutionResult> | ExecutionResult>;
  /** Merges one event into the data of a run of its own. */
  mergeEvent(run: Run, event: ExecutionResult): void;
  /** What a caller is told when the source breaks. */
  failEvent(run: Run, error: unknown): void;
}

export function compileSubscriptionSource(
  primary: SubscriptionNode['primary'],
  environment: PlanEnvironment,
): SubscriptionSource {
  const fetch = new SubgraphFetch(primary, environment, false);
  const rewrites: Pick<FetchNode, 'outputRewrites'> = { outputRewrites: primary.outputRewrites ?? null };
  const mergeEvent = createRootMerge(fetch, rewrites, environment);
  const failEvent = (run: Run, error: unknown) => {
    run.errors.push(fetch.errorsOf(run).ofFailure(error, fetch.tree.keys.slice(0, 1)));
    run.markFailed(run.data, fetch.tree.keys);
  };
  return {
    mergeEvent,
    failEvent,
    async subscribe(run) {
      try {
        const source = await fetch.transport.subscribe(fetch.request(run, fetch.variablesOf(run)));
        if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
        // One event that never was: its errors are said the same way.
        mergeEvent(run, { data: null, errors: source.errors ?? [] });
      } catch (error) {
        failEvent(run, error);
      }
      return { errors: run.errors };
    },
  };
}
