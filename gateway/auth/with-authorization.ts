import type { SupergraphExecutor } from '../executor/types.js';
export function withAuthorization(executor: SupergraphExecutor): SupergraphExecutor {
  return executor;
}
