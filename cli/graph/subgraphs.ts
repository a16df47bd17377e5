/** How subgraphs are made: each is loaded only where it is served. */
import type { GraphQLSchema } from 'graphql';
import {
  loadEntityModels,
  readSources,
  subgraphDocument,
  type SchemaSources,
  type SubgraphName,
} from '../../schema/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { MapRegistry } from '../../subgraphs/kernel/read/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';
import { domains } from './domains.js';

/** Names of the subgraphs of the graph, the platform's included. */
export function servedSubgraphs(): readonly SubgraphName[] {
  return [...domains.keys()];
}

async function define(name: SubgraphName, config: Config): Promise<SubgraphDefinition> {
  const domain = domains.get(name);
  if (domain === undefined) throw new Error(`there is no subgraph ${name}`);
  return domain.createSubgraph(config, () => defineOthers(name, config));
}

/** All domains but one. */
export function defineOthers(name: SubgraphName, config: Config): Promise<SubgraphDefinition[]> {
  const others = servedSubgraphs().filter((other) => other !== name);
  return Promise.all(others.map((other) => define(other, config)));
}

let sources: SchemaSources | undefined;
let registry: Promise<MapRegistry> | undefined;

/** Of all domains, whichever are served here: filters and orders reach from one into another, over the database that they share. */
function allMaps(): Promise<MapRegistry> {
  return (registry ??= loadEntityModels().then((models) => new MapRegistry(models)));
}

/** The executable schema of one subgraph. */
export async function loadSubgraph(name: SubgraphName, config: Config): Promise<GraphQLSchema> {
  const definition = await define(name, config);
  const maps = await allMaps();
  return buildSubgraph(definition, subgraphDocument(definition, (sources ??= readSources()), maps), maps);
}
