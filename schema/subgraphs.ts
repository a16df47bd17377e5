/** Which subgraphs there are, and where each is found unless the operator says otherwise. */

/**
 * Port of each subgraph on the loopback address when it runs as a process of its own. They are made in this order: what is asked
 * for most first, what speaks of all others last. A new domain is one line here, and its folder.
 */
export const subgraphPorts = {
  traceability: 4101,
  'evidence-and-features': 4102,
  'audit-and-builds': 4103,
  'scanning-and-wallets': 4104,
  workflow: 4105,
  platform: 4100,
} as const;

export type SubgraphName = keyof typeof subgraphPorts;

export const subgraphNames = Object.keys(subgraphPorts).sort() as readonly SubgraphName[];

export function isSubgraphName(name: string): name is SubgraphName {
  return Object.hasOwn(subgraphPorts, name);
}

/** The URL written into the committed supergraph; a gateway may be told another when it starts. */
export function routingUrl(name: SubgraphName): string {
  return `http://127.0.0.1:${subgraphPorts[name]}/graphql`;
}
