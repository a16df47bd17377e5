/** Resolves the derived types of figures: from what the connection's statement has answered, and keys that lead to entities. */
import type { DocumentNode } from 'graphql';
import {
  dimensionsOf,
  distinctKey,
  oneResolver,
  percentileKey,
  prefetched,
  referenceResolver,
  type EntityMap,
  type MapRegistry,
  type ModelInput,
  type ResolverMap,
  type Row,
} from '../read/index.js';
import { baseName, findConnections } from './connections.js';
import { WrittenContract } from './written.js';

/** `document` is a completed contract. */
export function figureResolvers(document: DocumentNode, model: ModelInput, registry: MapRegistry): ResolverMap {
  const contract = new WrittenContract(document);
  const resolvers: ResolverMap = {};
  for (const { connection, entity } of findConnections(contract, model)) {
    const base = baseName(entity);
    if (contract.field(`${connection}Connection`, 'groupBy') !== undefined) {
      resolvers[`${connection}Connection`] = { groupBy: groups };
    }
    if (contract.field(`${base}Aggregate`, 'countDistinct') === undefined) continue;
    resolvers[`${base}Aggregate`] = {
      countDistinct: (aggregate: Row, { field }: { field: string }) => aggregate[distinctKey(field)],
      ...(contract.has(`${base}Numbers`) && {
        percentile: (aggregate: Row, { fraction }: { fraction: number }) => aggregate[percentileKey(fraction)],
      }),
    };
    resolvers[`${base}GroupKey`] = keyResolvers(entity, registry);
  }
  return resolvers;
}

/** Groups are in their connection as relations that were read ahead are in their row: by the key of the response. */
function groups(connection: Row, _args: unknown, _context: unknown, info: Parameters<typeof prefetched>[1]): unknown {
  return prefetched(connection, info);
}

function keyResolvers(entity: EntityMap, registry: MapRegistry): Record<string, unknown> {
  const resolvers: Record<string, unknown> = {};
  for (const { name, source } of dimensionsOf(entity, registry)) {
    if (source.kind === 'reference') resolvers[name] = referenceResolver(source);
    if (source.kind !== 'one' || !('type' in source)) continue;
    const target = registry.beside(entity, source.type);
    if (target !== undefined) resolvers[name] = oneResolver(target, source);
  }
  return resolvers;
}
