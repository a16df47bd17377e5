/** Tells a subgraph which callers without a token are the same one, and not who or where they are. */
import { createHmac, randomBytes } from 'node:crypto';
import { LruCache } from '../lru-cache.js';
import type { GatewayContext } from '../executor/types.js';

export const callerHeader = 'x-weft-caller';

/** Of this process alone: what it makes of an address means nothing elsewhere. */
const key = randomBytes(32);

/** One request has several fetches, and one caller many requests. */
const names = new LruCache<string, string>({ maxEntries: 10_000, maxWeight: 1_000_000 });

function nameOf(address: string): string {
  let name = names.get(address);
  if (name === undefined) {
    name = createHmac('sha256', key).update(address).digest('hex').slice(0, 32);
    names.set(address, name, address.length);
  }
  return name;
}

/** A caller with a token is known by it. */
export function callerHeaders({ identity, callerAddress }: GatewayContext): Record<string, string> {
  if (identity.isAuthenticated || callerAddress === undefined) return {};
  return { [callerHeader]: nameOf(callerAddress) };
}

/** What {@link callerHeaders} sent, when it has its form. */
export function namedCaller(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const name = headers[callerHeader];
  return name !== undefined && /^[0-9a-f]{32}$/.test(name) ? name : undefined;
}
