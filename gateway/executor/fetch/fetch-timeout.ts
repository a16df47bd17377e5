/** Says that a subgraph took longer over one fetch than it may. */
import { RequestError } from '../../../subgraphs/kernel/errors/index.js';
import type { SubgraphRequest } from '../types.js';

export function fetchTimedOut(
  { subgraph, operationType }: Pick<SubgraphRequest, 'subgraph' | 'operationType'>,
  milliseconds: number,
): RequestError {
  const may = operationType === 'mutation' ? ' What it was asked to do may be done all the same.' : '';
  return new RequestError('TIMEOUT', `The subgraph ${subgraph} did not answer within ${milliseconds} ms.${may}`, {
    extensions: { subgraph },
  });
}
