/** What HTTP says of an answer in which the server had no room for the question: 503, and when to come again. */
import type { ExecutionResult } from 'graphql';
import type { RequestError } from '../../../subgraphs/kernel/errors/index.js';

/** Seconds, as the header wants them; null when something was answered, or nothing was because of another reason. */
export function retryAfterOf({ data, errors = [] }: ExecutionResult): string | null {
  if (data != null && Object.values(data).some((value) => value !== null)) return null;
  const busy = errors.find(({ extensions }) => extensions['code'] === 'SERVER_BUSY');
  return busy === undefined ? null : secondsOf(busy.extensions);
}

/** Of an error that was thrown past the graph. */
export function retryHeaders({ code, extensions }: RequestError): Record<string, string> {
  return code === 'SERVER_BUSY' || code === 'AUTHENTICATION_UNAVAILABLE'
    ? { 'retry-after': secondsOf(extensions) }
    : {};
}

function secondsOf({ retryAfterSeconds }: Readonly<Record<string, unknown>>): string {
  return String(typeof retryAfterSeconds === 'number' ? Math.max(1, Math.ceil(retryAfterSeconds)) : 1);
}
