/** The domains there are, as a process runs them: found by the names of the subgraphs, so that nothing here is said of any one. */
import { subgraphPorts, type SubgraphName } from '../../schema/subgraphs.js';
import type { FieldWeights } from '../../gateway/index.js';
import type { DomainProcess } from '../../subgraphs/kernel/subgraph/domain-process.js';

async function loadDomains(): Promise<ReadonlyMap<SubgraphName, DomainProcess>> {
  const loaded = new Map<SubgraphName, DomainProcess>();
  for (const name of Object.keys(subgraphPorts) as SubgraphName[]) {
    const { default: domain } = (await import(`../../subgraphs/${name}/process.js`)) as { default: DomainProcess };
    loaded.set(name, domain);
  }
  return loaded;
}

/** In the order in which their subgraphs are made. */
export const domains = await loadDomains();

const all = [...domains.values()];

/** The mutations that may be large. */
export const ingests: ReadonlySet<string> = new Set(all.flatMap((domain) => domain.ingests ?? []));

export const weights: FieldWeights = {
  fields: new Map(all.flatMap((domain) => Object.entries(domain.weights ?? {}))),
};
