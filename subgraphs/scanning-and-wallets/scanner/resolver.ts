/** How names become addresses: by the machine's own resolution, or by the name servers that the configuration names. */
import { lookup, Resolver } from 'node:dns/promises';

/** Every address of a host name, empty when it has none. Rejects when that could not be found out. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface ResolverOptions {
  /** `address` or `address:port`; none is the machine's own resolution, its hosts file included. */
  readonly servers: readonly string[];
  readonly timeoutMs: number;
}

const noAddress: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND']);

export function createResolver({ servers, timeoutMs }: ResolverOptions): Resolve {
  if (servers.length === 0)
    return (host) => emptyWithoutAddress(lookup(host, { all: true, verbatim: true }).then(textOf));
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
  resolver.setServers(servers);
  // Both kinds, and both must be known: a host that hides its private address behind a time-out is not trusted either.
  return async (host) => {
    const found = await Promise.all([
      emptyWithoutAddress(resolver.resolve4(host)),
      emptyWithoutAddress(resolver.resolve6(host)),
    ]);
    return found.flat();
  };
}

function textOf(answers: readonly { readonly address: string }[]): string[] {
  return answers.map((answer) => answer.address);
}

async function emptyWithoutAddress(addresses: Promise<string[]>): Promise<string[]> {
  try {
    return await addresses;
  } catch (error) {
    if (noAddress.has((error as NodeJS.ErrnoException).code)) return [];
    throw error;
  }
}
