/** Which domains there are, and how their subgraphs are made: each is loaded only where it is served. */
import type { GraphQLSchema } from 'graphql';
import { readSources, subgraphDocument, type SchemaSources, type SubgraphName } from '../../schema/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { createEmbedder } from '../../subgraphs/kernel/embeddings/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';
import { encryptionKeys } from './encryption-keys.js';

type Domain = Exclude<SubgraphName, 'platform'>;

/** In the order in which they are made. */
const domains: Partial<Record<Domain, (config: Config) => Promise<SubgraphDefinition>>> = {
  traceability: async () => (await import('../../subgraphs/traceability/index.js')).createSubgraph(),
  'audit-and-builds': async (config) => {
    const { createSubgraph } = await import('../../subgraphs/audit-and-builds/index.js');
    return createSubgraph({ keys: encryptionKeys(config) });
  },
  'evidence-and-features': async (config) => {
    const { createSubgraph, DocumentStore } = await import('../../subgraphs/evidence-and-features/index.js');
    return createSubgraph({ embedder: createEmbedder(config), store: new DocumentStore(config.database.dataDir) });
  },
  'scanning-and-wallets': async ({ scans }) => {
    const { createSubgraph } = await import('../../subgraphs/scanning-and-wallets/index.js');
    return createSubgraph({ settings: scans });
  },
  workflow: async (config) => {
    const { createSubgraph } = await import('../../subgraphs/workflow/index.js');
    return createSubgraph({ keys: encryptionKeys(config), embedder: createEmbedder(config) });
  },
};

function isDomain(name: SubgraphName): name is Domain {
  return name !== 'platform';
}

/** Names of the subgraphs of the graph, the platform's included. */
export function servedSubgraphs(): readonly SubgraphName[] {
  return [...(Object.keys(domains) as Domain[]), 'platform'];
}

async function define(name: SubgraphName, config: Config): Promise<SubgraphDefinition> {
  if (isDomain(name)) {
    const create = domains[name];
    if (create === undefined) throw new Error(`there is no subgraph ${name} yet`);
    return create(config);
  }
  const { createSubgraph } = await import('../../subgraphs/platform/index.js');
  // The platform says of every domain's entities which exist and may be seen: their maps are all that it needs for that.
  const all = await Promise.all(Object.values(domains).map((create) => create(config)));
  const entities = all.flatMap(({ model }) => model.entities).filter((map) => map.fields['id'] !== undefined);
  return createSubgraph([...entities, ...all.flatMap(({ nodes = [] }) => nodes)]);
}

let sources: SchemaSources | undefined;

/** The executable schema of one subgraph. */
export async function loadSubgraph(name: SubgraphName, config: Config): Promise<GraphQLSchema> {
  const definition = await define(name, config);
  return buildSubgraph(definition, subgraphDocument(definition, (sources ??= readSources())));
}
