/** Resolvers made from entity maps: each asks through a DataLoader, so that one level of a request is one statement. */
import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.js';
import { badInput } from '../errors/index.js';
import { checkGlobalId, keyOfType, uuidOfType } from '../ids/index.js';
import { prefetched } from './prefetch.js';
import { readByKeys, readLists, type KeyColumn, type RowPlan } from './by-key.js';
import { readConnections, type Connection } from './connection.js';
import { planConnection, type ConnectionPlan, type ConnectionSource } from './connection-plan.js';
import type {
  ConnectionRelation,
  EntityKeyColumn,
  EntityMap,
  ListRelation,
  OneRelation,
  ReferenceRelation,
  UnionRelation,
} from './entity-map.js';
import type { ConnectionArguments } from './page.js';
import { planPrefetch } from './plan-prefetch.js';
import { project, type Row } from './projection.js';
import { SelectionPlans, selectedFields } from './selection.js';

export type FieldResolver<Parent = Row, Args = Record<string, unknown>, Result = unknown> = (
  parent: Parent,
  args: Args,
  context: RequestContext,
  info: GraphQLResolveInfo,
) => Result | Promise<Result>;

/** A parent without values of its own: what a `Query` connection hangs on. */
const root: Row = {};

/**
 * One loader for each key object and request. `load` calls `batch` once for all the keys that a level of the request asks for;
 * it answers in the keys' order.
 */
export function loadBatched<Key, Value>(
  context: RequestContext,
  owner: object,
  key: Key,
  batch: (keys: readonly Key[]) => Promise<readonly Value[]>,
  cacheKey?: (key: Key) => string,
): Promise<Value> {
  let loader = context.loaders.get(owner) as DataLoader<Key, Value, unknown> | undefined;
  if (loader === undefined) {
    loader = new DataLoader<Key, Value, unknown>(
      batch,
      cacheKey === undefined ? { cache: false } : { cacheKeyFn: cacheKey },
    );
    context.loaders.set(owner, loader);
  }
  return loader.load(key);
}

export function connectionResolver(
  source: ConnectionSource,
): FieldResolver<Row | undefined, ConnectionArguments, Connection> {
  const plans = new SelectionPlans<ConnectionPlan>();
  return (parent, args, context, info) => {
    const found = prefetched(parent, info);
    if (found !== undefined) return found as Connection;
    const plan = plans.get(info, () => planConnection(source, info, { planPrefetch, carrier: 'columns' }));
    const { db, auth } = context;
    const read = (parents: readonly Row[]): Promise<Connection[]> =>
      readConnections(db, { source, plan, args, auth, variables: info.variableValues, parents });
    // A connection of `Query` has nothing to wait for: no second parent can join it.
    if (source.relation === null) return read([root]).then(([connection]) => connection as Connection);
    return loadBatched(context, plan, parent ?? root, read);
  };
}

function planRow(target: EntityMap, info: GraphQLResolveInfo): RowPlan {
  const selected = selectedFields(info.fieldNodes, target.type, info);
  return { projection: project(target, selected.keys()), prefetched: planPrefetch(target, selected, info) };
}

/** Loads an entity by key columns, with the columns that the place of `info` selects. */
export function entityLoader(target: EntityMap, columns: readonly KeyColumn[], through?: OneRelation['through']) {
  const plans = new SelectionPlans<RowPlan>();
  const source = { entity: target, columns, ...(through !== undefined && { through }) };
  return (values: readonly unknown[], context: RequestContext, info: GraphQLResolveInfo): Promise<Row | null> => {
    const plan = plans.get(info, () => planRow(target, info));
    const { db, auth } = context;
    const batch = (keys: readonly (readonly unknown[])[]): Promise<(Row | null)[]> =>
      readByKeys(db, { ...source, plan, keys, auth, variables: info.variableValues });
    return loadBatched(context, plan, values, batch, JSON.stringify);
  };
}

export function oneResolver(target: EntityMap, relation: OneRelation): FieldResolver<Row, unknown, Row | null> {
  const pairs = relation.through?.parent ?? relation.on;
  const load = entityLoader(
    target,
    pairs.map((pair) => ({ column: pair.child, sqlType: pair.sqlType })),
    relation.through,
  );
  return (parent, _args, context, info) => {
    const found = prefetched(parent, info);
    if (found !== undefined) return found as Row | null;
    const values = pairs.map((pair) => parent[`_${pair.parent}`] ?? null);
    return values.includes(null) ? null : load(values, context, info);
  };
}

export function listResolver(target: EntityMap, relation: ListRelation): FieldResolver<Row, unknown, Row[]> {
  const plans = new SelectionPlans<RowPlan>();
  return (parent, _args, context, info) => {
    const found = prefetched(parent, info);
    if (found !== undefined) return found as Row[];
    const plan = plans.get(info, () => planRow(target, info));
    const { db, auth } = context;
    return loadBatched(context, plan, parent, (parents: readonly Row[]) =>
      readLists(db, { entity: target, relation, plan, parents, auth, variables: info.variableValues }),
    );
  };
}

export function referenceResolver(relation: ReferenceRelation): FieldResolver<Row, unknown, Row | null> {
  const pairs = Object.entries(relation.key);
  return (parent) => {
    const reference: Row = { __typename: relation.type };
    for (const [name, column] of pairs) {
      const value = parent[`_${column}`] ?? null;
      if (value === null) return null;
      reference[name] = value;
    }
    return reference;
  };
}

/** Null also for an id of a type that is none of these. */
export function unionResolver({ types, column }: UnionRelation): FieldResolver<Row, unknown, Row | null> {
  return (parent) => {
    const id = parent[`_${column}`];
    const type = typeof id === 'string' ? checkGlobalId(id)?.type : undefined;
    return type === undefined || !types.includes(type) ? null : { __typename: type, id, _id: id };
  };
}

/** The key column's value of a global id that must be of `target`'s type. Throws BAD_USER_INPUT when it is not. */
export function keyOfEntity(target: EntityMap, id: string): string {
  if (target.key.sqlType === 'uuid') return uuidOfType(id, target.type);
  return folded(keyOfType(id, target.type), target.key);
}

interface EntityKey {
  readonly column: EntityKeyColumn;
  readonly load: ReturnType<typeof entityLoader>;
  readonly toValue: (given: unknown) => unknown;
}

/** The ways to find one entity from outside: its id, and each of its alternate keys, by the field that names it. */
export function entityKeys(target: EntityMap): ReadonlyMap<string, EntityKey> {
  const keys = new Map<string, EntityKey>();
  const add = (name: string, column: EntityKeyColumn, toValue: EntityKey['toValue']): void =>
    void keys.set(name, { column, load: entityLoader(target, [column]), toValue });
  add('id', target.key, (given) => keyOfEntity(target, String(given)));
  for (const [name, column] of Object.entries(target.alternateKeys ?? {}))
    add(name, column, (given) => folded(toKeyText(name, given), column));
  return keys;
}

function folded(text: string, { lowerCase }: EntityKeyColumn): string {
  return lowerCase === true ? text.toLowerCase() : text;
}

/** A representation may hold any JSON, and in one statement with others a list would shift their keys. */
function toKeyText(name: string, given: unknown): string {
  if (typeof given !== 'string') throw badInput(`${name} must be text.`);
  return given;
}

/** `Query.requirement(id:)`, `Query.repository(id:, fullName:)`: of several arguments exactly one is to be given. */
export function queryOneResolver(
  target: EntityMap,
  names: readonly string[],
): FieldResolver<unknown, Record<string, unknown>, Row | null> {
  const keys = entityKeys(target);
  return (_parent, args, context, info) => {
    const [name, ...others] = names.filter((each) => args[each] != null);
    const key = name === undefined ? undefined : keys.get(name);
    if (name === undefined || key === undefined || others.length > 0)
      throw badInput(`Give ${names.length === 1 ? '' : 'either '}${names.join(' or ')}.`);
    return key.load([key.toValue(args[name])], context, info);
  };
}

type ReferenceResolver = (reference: Row, context: RequestContext, info: GraphQLResolveInfo) => Promise<Row | null>;

/** `__resolveReference`, by whichever of the entity's keys the representation has. */
export function referenceLoader(target: EntityMap): ReferenceResolver {
  const keys = [...entityKeys(target)];
  return async (reference, context, info) => {
    const found = keys.find(([name]) => reference[name] != null);
    if (found === undefined)
      throw badInput(`A ${target.type} representation needs one of: ${keys.map(([name]) => name).join(', ')}.`);
    const [name, key] = found;
    const value = key.toValue(reference[name]);
    const row = await key.load([value], context, info);
    return row === null && target.resolvesWithoutRow === true ? bareEntity(target, key.column, value) : row;
  };
}

/** An entity that this domain has no row for: its key, and every relation empty. */
function bareEntity(target: EntityMap, key: KeyColumn, value: unknown): Row {
  const row: Row = { [`_${key.column}`]: value };
  for (const [name, map] of Object.entries(target.fields)) {
    if (map.source !== key.column) continue;
    row[name] = map.kind === 'id' ? `${target.type}:${String(value)}` : value;
  }
  return row;
}

export function relationConnectionResolver(target: EntityMap, relation: ConnectionRelation): FieldResolver {
  return connectionResolver({ entity: target, relation });
}
