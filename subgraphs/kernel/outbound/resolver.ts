/** How names become addresses: by name servers alone, those of the configuration or the machine's own. */
import { Resolver } from 'node:dns/promises';

/** Every address of a host name, empty when it has none. Rejects when that could not be found out. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface ResolverOptions {
  /** `address` or `address:port`; none is the machine's own name servers. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
}

const noAddress: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND']);
/** A server that needs longer than this is asked once more, and then given up. */
const longestTryMs = 3_000;

/**
 * Not `dns.lookup`: it takes a thread of the few that the process has for as long as a hostile name server likes, and it
 * answers from the hosts file and with search domains, which are about this network and not the internet.
 */
export function createResolver({ servers, timeoutMs }: ResolverOptions): Resolve {
  const resolver = new Resolver({ timeout: Math.min(timeoutMs, longestTryMs), tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  // Both kinds, and both must be known: a host that hides its private address behind a time-out is not trusted either.
  return async (host) => {
    const found = await Promise.all([
      emptyWithoutAddress(resolver.resolve4(host)),
      emptyWithoutAddress(resolver.resolve6(host)),
    ]);
    return found.flat();
  };
}

async function emptyWithoutAddress(addresses: Promise<string[]>): Promise<string[]> {
  try {
    return await addresses;
  } catch (error) {
    if (noAddress.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}
