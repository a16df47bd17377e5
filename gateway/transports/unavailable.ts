/** Says that a subgraph couldn't be reached: its name to the caller, the reason to the log. */
import { RequestError } from '../../subgraphs/kernel/errors/index.js';

export function unavailable(name: string, internal: string, cause?: unknown): RequestError {
  return new RequestError('SUBGRAPH_UNAVAILABLE', `The subgraph ${name} is unavailable.`, { internal, cause });
}
