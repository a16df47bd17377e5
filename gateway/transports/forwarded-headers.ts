/** What of the caller's request a subgraph is told, and what of its answer the caller is. */
import { everyHeader, mayBeForwarded, type HeaderRule } from '../../subgraphs/kernel/config/index.js';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import type { GatewayContext } from '../executor/types.js';
import { mayStandInHeader } from './header-value.js';

/** Throws BAD_USER_INPUT for a value that no header can hold: the transport would fail of it as if the subgraph were away. */
export function forwardedHeaders(
  context: GatewayContext,
  names: readonly string[],
  rules: readonly HeaderRule[] = [],
): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': context.requestId };
  const hop = hopByHop(context.headers['connection']);
  for (const name of names) {
    const value = context.headers[name];
    if (value !== undefined && !hop?.has(name)) headers[name] = checked(name, value);
  }
  for (const { from, to, fallback } of rules) {
    if (from === everyHeader) {
      for (const [name, value] of Object.entries(context.headers)) {
        if (value !== undefined && mayBeForwarded(name) && !hop?.has(name)) headers[name] = checked(name, value);
      }
      continue;
    }
    const value = hop?.has(from) ? fallback : (context.headers[from] ?? fallback);
    if (value !== undefined) headers[to] = checked(from, value);
  }
  return headers;
}

function checked(name: string, value: string): string {
  if (mayStandInHeader(value)) return value;
  throw new RequestError('BAD_USER_INPUT', `The value of ${name} has a character that no header can hold.`);
}

/** Hands what `rules` name of a subgraph's answer to the caller's response, if it can still take headers. */
export function handBackHeaders(
  { answerHeaders }: GatewayContext,
  subgraph: string,
  answered: Readonly<Record<string, string | string[] | undefined>>,
  rules: readonly HeaderRule[],
): void {
  if (answerHeaders === undefined || rules.length === 0) return;
  const hop = hopByHop([answered['connection'] ?? []].flat().join());
  for (const { from, to, fallback } of rules) {
    const values = hop?.has(from) ? undefined : answered[from];
    for (const value of [values ?? fallback ?? []].flat()) answerHeaders.add(subgraph, to, value);
  }
}

/** The headers that one side declares to be for this connection alone. */
function hopByHop(connection: string | undefined): ReadonlySet<string> | null {
  if (connection === undefined || connection === '' || connection === 'keep-alive' || connection === 'close')
    return null;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}
