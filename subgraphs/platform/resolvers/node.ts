/** Entities of any domain by global id: the platform says which exist and may be seen, their domains say the rest. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { keyOfType, parseGlobalId, toGlobalId } from '../../kernel/ids/index.js';
import {
  connectionResolver,
  entityLoader,
  keyOfEntity,
  loadBatched,
  planFields,
  readByKeys,
  type EntityMap,
  type ResolverMap,
  type Row,
} from '../../kernel/read/index.js';
import { auditEntry, auditTrailOfNode, model } from '../entities.js';

/** As many as one request may ask for; more is a loop that wants a connection. */
const maxIds = 100;

/** What the platform knows of another domain's entity. `_id` is what its audit trail joins by. */
export function bareNode(type: string, id: string): Row {
  return { __typename: type, id, _id: id };
}

export class NodeFinder {
  private readonly mapsByType = new Map<string, EntityMap[]>();

  constructor(entities: Iterable<EntityMap>) {
    // A repository may be known to several domains: it is there when one of them has it.
    for (const map of entities) this.mapsByType.set(map.type, [...(this.mapsByType.get(map.type) ?? []), map]);
  }

  get types(): Iterable<string> {
    return this.mapsByType.keys();
  }

  /** Throws BAD_USER_INPUT for a malformed id and for a type that is no entity; null for what is not there or not to be seen. */
  async find(id: string, context: RequestContext): Promise<Row | null> {
    const { type } = parseGlobalId(id);
    const maps = this.mapsByType.get(type);
    if (maps === undefined) throw badInput(`There are no entities of type ${type}.`);
    for (const map of maps) {
      // The id in its one spelling: a UUID may be written in either case, and the trail is kept under one.
      const { key, values } = nodeKey(map, id);
      if (await exists(map, values, context)) return bareNode(type, toGlobalId(type, key));
    }
    return null;
  }
}

function nodeKey(map: EntityMap, id: string): { readonly key: string; readonly values: readonly string[] } {
  if (map.compoundKey !== undefined) return map.compoundKey.parse(keyOfType(id, map.type));
  const key = keyOfEntity(map, id);
  return { key, values: [key] };
}

async function exists(map: EntityMap, values: readonly string[], context: RequestContext): Promise<boolean> {
  const columns = map.compoundKey?.columns ?? [map.key];
  const batch = (keys: readonly (readonly string[])[]): Promise<(Row | null)[]> =>
    readByKeys(context.db, {
      entity: map,
      columns,
      plan: planFields(map, []),
      keys,
      auth: context.auth,
      variables: {},
    });
  return (await loadBatched(context, map, values, batch, JSON.stringify)) !== null;
}

/** The platform's own entities, with their fields: no other subgraph has them. */
const own = new Map(
  model.entities
    .filter((map) => map.fields['id'] !== undefined)
    .map((map) => [map.type, { map, load: entityLoader(map, [map.key]) }]),
);

export async function findOwn(id: string, context: RequestContext, info: GraphQLResolveInfo): Promise<Row | null> {
  const found = own.get(parseGlobalId(id).type);
  const row = found && (await found.load([keyOfEntity(found.map, id)], context, info));
  return row == null ? null : { ...row, __typename: found?.map.type };
}

/** Whether `id` is of an entity of the platform's own. */
export function isOwn(id: string): boolean {
  return own.has(parseGlobalId(id).type);
}

export function nodeResolvers(finder: NodeFinder): ResolverMap {
  const find = (id: string, context: RequestContext, info: GraphQLResolveInfo) =>
    isOwn(id) ? findOwn(id, context, info) : finder.find(id, context);
  const node = (_root: unknown, { id }: { id: string }, context: RequestContext, info: GraphQLResolveInfo) =>
    find(id, context, info);
  const nodes = (
    _root: unknown,
    { ids }: { ids: readonly string[] },
    context: RequestContext,
    info: GraphQLResolveInfo,
  ) => {
    if (ids.length > maxIds) throw badInput(`ids has ${ids.length} ids: at most ${maxIds}.`);
    return Promise.all(ids.map((id) => find(id, context, info)));
  };
  const auditTrail = connectionResolver({ entity: auditEntry, relation: auditTrailOfNode });
  const resolvers: ResolverMap = { Query: { node, nodes }, Node: { __resolveType: (row: Row) => row['__typename'] } };
  for (const type of finder.types) {
    const __resolveReference = ({ id }: { id: string }): Row => bareNode(type, id);
    resolvers[type] = { __resolveReference, auditTrail };
  }
  return resolvers;
}
