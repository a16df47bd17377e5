/** A subgraph in this process that is made when it is first asked. */
import type { SubgraphTransport } from '../executor/types.js';

export function createDeferredTransport(make: () => Promise<SubgraphTransport>): SubgraphTransport {
  let made: SubgraphTransport | undefined;
  let making: Promise<SubgraphTransport> | undefined;
  const open = (): Promise<SubgraphTransport> => (making ??= make().then((transport) => (made = transport)));
  return {
    freshAnswers: true,
    execute: (request) => made?.execute(request) ?? open().then((transport) => transport.execute(request)),
    subscribe: async (request) => (await open()).subscribe(request),
    dispose: async () => (await making)?.dispose(),
  };
}
