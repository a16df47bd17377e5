/** Derives a subgraph's resolver map from its model: everything that the maps alone can answer. */
import { assertNever } from '../errors/index.js';
import type { EntityMap, RelationMap } from './entity-map.js';
import type { Model } from './model.js';
import {
  connectionResolver,
  listResolver,
  oneResolver,
  queryOneResolver,
  referenceLoader,
  referenceResolver,
  relationConnectionResolver,
  unionResolver,
} from './reader.js';

export type ResolverMap = Record<string, Record<string, unknown>>;

/** `{ Query: {…}, Requirement: { __resolveReference, userStories, … }, … }`. */
export function deriveResolvers(model: Model): ResolverMap {
  const queries: Record<string, unknown> = {};
  for (const [name, map] of Object.entries(model.queries)) {
    const target = model.entity(map.type);
    queries[name] =
      map.kind === 'connection'
        ? connectionResolver({ entity: target, relation: null })
        : queryOneResolver(target, map.arguments);
  }
  const resolvers: ResolverMap = { Query: queries };
  for (const map of model.entities) resolvers[map.type] = entityResolvers(map, model);
  return resolvers;
}

function entityResolvers(map: EntityMap, model: Model): Record<string, unknown> {
  const resolvers: Record<string, unknown> = { __resolveReference: referenceLoader(map) };
  for (const [name, relation] of Object.entries(map.relations ?? {}))
    resolvers[name] = relationResolver(relation, model);
  return resolvers;
}

function relationResolver(relation: RelationMap, model: Model): unknown {
  switch (relation.kind) {
    case 'one':
      return oneResolver(model.entity(relation.type), relation);
    case 'list':
      return listResolver(model.entity(relation.type), relation);
    case 'connection':
      return relationConnectionResolver(model.entity(relation.type), relation);
    case 'reference':
      return referenceResolver(relation);
    case 'union':
      return unionResolver(relation);
    default:
      return assertNever(relation);
  }
}
