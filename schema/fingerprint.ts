/** Names what a supergraph was composed from, so that a stale one is known where there is no composer. */
import { createHash } from 'node:crypto';
import { MapRegistry } from '../subgraphs/kernel/read/index.js';
import type { EntityModels } from './entity-models.js';
import { assembleSdl, type SchemaSources } from './subgraph-sdl.js';
import { routingUrl, subgraphNames, type SubgraphName } from './subgraphs.js';

const marker = '# Composed from ';

interface AssembledSubgraph {
  readonly name: SubgraphName;
  readonly url: string;
  readonly sdl: string;
}

/** What a composer is given: every subgraph that has a schema.graphql. */
export function assembleSubgraphs(sources: SchemaSources, models: EntityModels): readonly AssembledSubgraph[] {
  const present = subgraphNames.filter((name) => sources.subgraphs[name] !== undefined);
  const registry = new MapRegistry(models);
  return present.map((name) => ({ name, url: routingUrl(name), sdl: assembleSdl(name, sources, registry) }));
}

/** The supergraph with a first line, a comment, that says what it was composed from. */
export function markFingerprint(supergraphSdl: string, subgraphs: readonly AssembledSubgraph[]): string {
  return `${marker}${fingerprintOf(subgraphs)}\n${supergraphSdl}`;
}

/** True when `supergraphSdl` says that it was composed from these subgraphs, as they are. */
export function isComposedFrom(supergraphSdl: string, subgraphs: readonly AssembledSubgraph[]): boolean {
  return supergraphSdl.startsWith(`${marker}${fingerprintOf(subgraphs)}\n`);
}

function fingerprintOf(subgraphs: readonly AssembledSubgraph[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(subgraphs)).digest('hex')}`;
}
