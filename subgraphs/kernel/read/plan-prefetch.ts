/** Which relations of an entity are prefetched, and with what SQL. */
import { print, type FieldNode, type GraphQLField, type GraphQLObjectType } from 'graphql';
import {
  argumentReader,
  withPrefetched,
  type PrefetchedColumn,
  type PlanPrefetch,
  type PrefetchedRelation,
} from './prefetch.js';
import { listSelect, rowsByKey } from './by-key.js';
import { makeConnection } from './connection.js';
import { hasFigures, planConnection } from './connection-plan.js';
import { parentAround, parentMatches } from './connection-statement.js';
import type { ConnectionRelation, EntityMap, ListRelation, OneRelation, RelationMap } from './entity-map.js';
import { MapRegistry } from './registry.js';
import { resolveOrder } from './ordering.js';
import type { ConnectionArguments } from './page.js';
import { project, type Row } from './projection.js';
import { selectedFields, type SelectionInfo } from './selection.js';

/** One place where a relation is selected. */
interface Place {
  readonly parent: EntityMap;
  readonly target: EntityMap;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly info: SelectionInfo;
}

type Compile = PrefetchedRelation['compile'];

export const planPrefetch: PlanPrefetch = (entity, selected, info) => planRelations(entity, selected, info, 'row');

/** `shared`: the same row may be read for many parents, so nothing that is large or many may hang on it. */
function planRelations(
  entity: EntityMap,
  selected: ReadonlyMap<string, readonly FieldNode[]>,
  info: SelectionInfo,
  kind: 'row' | 'shared',
): PrefetchedRelation[] {
  const registry = MapRegistry.of(entity);
  const type = info.schema.getType(entity.type) as GraphQLObjectType | undefined;
  const planned: PrefetchedRelation[] = [];
  for (const { responseKey, name, nodes } of byResponseKey(selected)) {
    const relation = entity.relations?.[name];
    const field = type?.getFields()[name];
    if (field === undefined || relation === undefined) continue;
    if (relation.kind === 'reference' || relation.kind === 'union') continue;
    if (kind === 'shared' && relation.kind !== 'one') continue;
    const target = registry.beside(entity, relation.type);
    if (target === undefined || target.isReadAlone === true) continue;
    const compile = planRelation(relation, { parent: entity, target, field, nodes, info });
    if (compile !== null) planned.push({ responseKey, compile });
  }
  return planned;
}

function planRelation(relation: Exclude<RelationMap, { kind: 'reference' | 'union' }>, place: Place): Compile | null {
  switch (relation.kind) {
    case 'connection':
      return planPrefetchedConnection(relation, place);
    case 'list':
      return planPrefetchedList(relation, place);
    case 'one':
      return planPrefetchedOne(relation, place);
  }
}

function planPrefetchedConnection(relation: ConnectionRelation, { target, field, nodes, info }: Place): Compile | null {
  const source = { entity: target, relation };
  const plan = planConnection(source, { ...info, fieldNodes: nodes, returnType: field.type } as SelectionInfo, {
    planPrefetch,
    carrier: 'json',
  });
  if (!plan.projection.isFaithful) return null;
  const readArguments = argumentReader<ConnectionArguments>(field, nodes[0] as FieldNode);
  return (scope) => {
    if (target.visible(scope.auth) === 'none' || !(plan.rows || hasFigures(plan))) return null;
    const args = readArguments(scope.variables);
    if (isInTwoRanges(source, args)) return null;
    const keys = parentAround(parentMatches(relation));
    const { text, reading } = makeConnection({ source, plan, args, keys }, scope);
    return listColumn(text, (rows) => reading(rows, 1)[0]);
  };
}

/** A page from a cursor on, in an order of which the first column may be null, is the union of two selects. */
function isInTwoRanges(
  source: { entity: EntityMap; relation: ConnectionRelation },
  args: ConnectionArguments,
): boolean {
  if ((args.after ?? args.before ?? null) === null) return false;
  return resolveOrder(source.entity, source.relation, args.orderBy ?? null).columns[0]?.nullable === true;
}

function planPrefetchedList(relation: ListRelation, { target, nodes, info }: Place): Compile | null {
  const selected = selectedFields(nodes, target.type, info);
  const projection = project(target, selected.keys(), { carrier: 'json' });
  if (!projection.isFaithful) return null;
  const relations = planPrefetch(target, selected, info);
  return (scope) => {
    if (target.visible(scope.auth) === 'none') return null;
    const { columns, decode } = withPrefetched(projection, relations, scope);
    const keys = parentAround(relation.on);
    const list = listSelect({ entity: target, relation, columns, references: keys.references }, scope);
    return listColumn(`select x.* from ${keys.from} cross join lateral (${list}) x`, (rows) => {
      for (const row of rows) decode(row);
      return rows;
    });
  };
}

function planPrefetchedOne(relation: OneRelation, { parent, target, nodes, info }: Place): Compile | null {
  const selected = selectedFields(nodes, target.type, info);
  const projection = project(target, selected.keys(), { carrier: 'json' });
  const pairs = relation.through?.parent ?? relation.on;
  const isOwn = relation.through === undefined && pairs.some((pair) => pair.parent === parent.key.column);
  // Many rows may lead to one and the same, which is then read for each: only where that is little.
  const isDear = !isOwn && [...selected.keys()].some((name) => isLarge(target, name));
  if (!projection.isFaithful || isDear) return null;
  const relations = planRelations(target, selected, info, isOwn ? 'row' : 'shared');
  const columns = pairs.map((pair) => ({ column: pair.child, sqlType: pair.sqlType }));
  const source = { entity: target, columns, ...(relation.through !== undefined && { through: relation.through }) };
  return (scope) => {
    if (target.visible(scope.auth) === 'none') return null;
    const row = withPrefetched(projection, relations, scope);
    const keys = parentAround(pairs);
    const found = `select ${row.columns} from ${rowsByKey(source, keys.references, scope)} limit 1`;
    return {
      expression: `(select row_to_json(x) from ${keys.from} cross join lateral (${found}) x)`,
      decode: (value) => {
        if (value !== null) row.decode(value as Row);
        return value;
      },
    };
  };
}

function isLarge(target: EntityMap, name: string): boolean {
  const field = target.fields[name];
  return field !== undefined && (field.kind === 'json' || field.isLarge === true);
}

interface Selected {
  readonly responseKey: string;
  readonly name: string;
  readonly nodes: readonly FieldNode[];
}

/**
 * What a row is asked for, by the key of the response. Rows may be asked for at two places (`nodes` and `edges.node`), so
 * that one key may stand for two fields or for other arguments: such a key is left out.
 */
function byResponseKey(selected: ReadonlyMap<string, readonly FieldNode[]>): Iterable<Selected> {
  const found = new Map<string, { name: string; nodes: FieldNode[]; isOne: boolean }>();
  for (const [name, nodes] of selected) {
    for (const node of nodes) {
      const key = (node.alias ?? node.name).value;
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, { name, nodes: [node], isOne: true });
      } else {
        known.nodes.push(node);
        known.isOne &&= known.name === name && argumentsOf(known.nodes[0]) === argumentsOf(node);
      }
    }
  }
  return [...found].flatMap(([responseKey, { isOne, ...rest }]) => (isOne ? [{ responseKey, ...rest }] : []));
}

function argumentsOf(node: FieldNode | undefined): string {
  return (node?.arguments ?? []).map(print).sort().join();
}

function listColumn(select: string, decode: (rows: Row[]) => unknown): PrefetchedColumn {
  return {
    expression: `(select coalesce(json_agg(x), '[]') from (${select}) x)`,
    decode: (value) => decode(value as Row[]),
  };
}
