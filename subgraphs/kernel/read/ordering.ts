/** Orders and keyset conditions: which rows come after (or before) a row, for any mix of nullable columns. */
import { badInput } from '../errors/index.js';
import type { StatementScope } from './prefetch.js';
import type { CursorValue } from './cursor.js';
import type { ConnectionRelation, EntityMap, FieldMap, Order, OrderColumn } from './entity-map.js';
import { enumValueOf, expressionOrders, isOrderable, ordersOf } from './fields.js';
import { countsOf } from './figures.js';
import type { Parameters } from './parameters.js';
import { fieldExpression } from './projection.js';
import { MapRegistry, type FacetField } from './registry.js';
import { countOf, fromWhere, type RelatedMany, type RelatedOne } from './related.js';

/** As the caller gives it: by a field, or by what one of its relations is ordered by; equal rows by what follows. */
export interface RequestedOrder extends Partial<Order> {
  readonly thenBy?: readonly RequestedOrder[] | null;
  readonly [relation: string]: unknown;
}

export interface ResolvedOrder {
  /** Names the ordering inside cursors, e.g. `Requirement.TITLE_ASC`. */
  readonly name: string;
  /** The order's columns, the key last as tie-break. */
  readonly columns: readonly OrderColumn[];
  readonly direction: 'ASC' | 'DESC';
  /** What has columns that the row `t` has not, each after what it starts from. */
  readonly joins: readonly OrderJoin[];
}

/** The row that a to-one relation leads to; or, as `n`, how many rows a relation to many leads to, or the value of a field. */
interface OrderJoin {
  readonly alias: string;
  readonly table: string;
  readonly by: RelatedOne | RelatedMany | FacetField | FieldMap;
  /** Column of the row `table` that only a missing row has none in: a computed value would be that of an empty one. */
  readonly presence: string | null;
}

interface OrderKey extends Order {
  /** To-one relations that lead to the row with the field. */
  readonly path: readonly string[];
}

const cache = new WeakMap<EntityMap | ConnectionRelation, Map<string, ResolvedOrder>>();

const maxKeys = 4;
const maxPath = 3;

/** The order that the caller asked for, or the connection's default. `requested.field` is a value of the order enum. */
export function resolveOrder(
  entity: EntityMap,
  relation: ConnectionRelation | null,
  requested: RequestedOrder | null,
): ResolvedOrder {
  const order = requested ?? relation?.defaultOrder ?? entity.defaultOrder ?? null;
  const owner = relation ?? entity;
  const keys = order === null ? [] : keysOf({ ...order }, []);
  if (keys.length > maxKeys) throw badInput(`orderBy may have ${maxKeys} keys, got ${keys.length}.`);
  const spelled = keys.map(({ path, field, direction }) => [...path, `${field}_${direction}`].join('.')).join();
  const name = `${entity.type}.${spelled === '' ? 'ID_ASC' : spelled}`;
  const known = cache.get(owner)?.get(name);
  if (known !== undefined) return known;
  const direction = keys[0]?.direction ?? 'ASC';
  const joins = new Map<string, OrderJoin>();
  const columns = keys.flatMap((key) => {
    const found = columnsOf(entity, relation, { key, joins });
    return key.direction === direction ? found : found.map((column) => ({ ...column, isOpposed: true as const }));
  });
  const tieBreak: OrderColumn = { column: entity.key.column, sqlType: entity.key.sqlType };
  // What is named twice is decided by its first place.
  const once = columns.filter(({ column }, index) => columns.findIndex((other) => other.column === column) === index);
  const isKeyed = once.some((column) => column.column === tieBreak.column);
  const resolved: ResolvedOrder = {
    name,
    columns: isKeyed ? once : [...once, tieBreak],
    direction,
    joins: [...joins.values()],
  };
  let ofOwner = cache.get(owner);
  if (ofOwner === undefined) {
    ofOwner = new Map<string, ResolvedOrder>();
    cache.set(owner, ofOwner);
  }
  if (ofOwner.size >= maxRemembered) ofOwner.clear();
  ofOwner.set(name, resolved);
  return resolved;
}

/** Callers can combine keys without end. */
const maxRemembered = 500;

/** An order and those that follow it, flat. */
function keysOf({ field, direction, thenBy, ...relations }: RequestedOrder, path: readonly string[]): OrderKey[] {
  const [relation, ...others] = Object.entries(relations).filter(([, given]) => given != null);
  if (others.length > 0 || (field == null) === (relation === undefined))
    throw badInput('orderBy: give a field, or one relation.');
  if (path.length > maxPath) throw badInput(`An order may follow ${maxPath} relations, one below the other.`);
  const own =
    relation === undefined
      ? [{ path, field: field ?? '', direction: direction ?? 'ASC' }]
      : keysOf(relation[1] as RequestedOrder, [...path, relation[0]]);
  return [...own, ...(thenBy ?? []).flatMap((next) => keysOf(next, path))];
}

/** The columns of one key; what they are joined by is added to `joins`, once for each place. */
function columnsOf(
  entity: EntityMap,
  relation: ConnectionRelation | null,
  { key: { path, field }, joins }: { key: OrderKey; joins: Map<string, OrderJoin> },
): readonly OrderColumn[] {
  const join = (place: string, table: string, by: OrderJoin['by'], presence: string | null = null): string => {
    const known = joins.get(place) ?? { alias: `o${joins.size}`, table, by, presence };
    joins.set(place, known);
    return known.alias;
  };
  const fail = (): never => {
    throw badInput(`${entity.type} can't be ordered by ${[...path, field].join('.')} here.`);
  };
  let table = 't';
  let target = entity;
  for (const [index, name] of path.entries()) {
    const related = MapRegistry.of(target).related(target).get(name);
    if (related?.kind !== 'one') return fail();
    table = join(path.slice(0, index + 1).join('.'), table, related);
    target = related.target;
  }
  const counted = countsOf(target, MapRegistry.of(target)).find(({ name }) => enumValueOf(name) === field);
  const own = ordersOf(target, path.length === 0 ? relation : null)[field];
  if (own !== undefined && path.length === 0) return own;
  if (own !== undefined)
    return own.map(({ column, ...rest }) => ({ ...rest, column: `${table}.${column}`, nullable: true }));
  const computed = (by: OrderJoin['by'], sqlType: string, nullable: boolean): readonly OrderColumn[] => {
    const value = join([...path, field].join('.'), table, by, path.length === 0 ? null : target.key.column);
    return [{ column: `${value}.n`, sqlType, nullable: nullable || path.length > 0 }];
  };
  const expression = expressionOrders(target)[field];
  if (expression !== undefined) return computed(expression, expression.sqlType, true);
  const ofOthers = MapRegistry.of(target).facetFields(target);
  const facet = ofOthers.find(({ name, field: map }) => isOrderable(map) && enumValueOf(name) === field);
  if (facet !== undefined) return computed(facet, facet.field.sqlType, true);
  return counted === undefined ? fail() : computed(counted.source, 'int8', false);
}

/** What the order joins to the row `t`, each row still once. */
export function orderJoins({ joins }: ResolvedOrder, scope: StatementScope): string {
  const joined = joins.map(({ alias, table, by, presence }) => {
    if (by.kind === 'one') {
      const inner = `${alias}r`;
      return ` left join lateral (select ${inner}.* from ${fromWhere(by.rows({ table, inner }, scope))}) ${alias} on true`;
    }
    const value =
      by.kind === 'many'
        ? countOf(by, table, scope)
        : by.kind === 'facet'
          ? by.expression(table, scope)
          : fieldExpression(by, table);
    const guarded = presence === null ? value : `case when ${table}.${presence} is not null then ${value} end`;
    return ` cross join lateral (select ${guarded} as n) ${alias}`;
  });
  return joined.join('');
}

/** `title` → `t.title`; a column of a join is already written `j.strength`. */
export function columnReference(column: OrderColumn): string {
  return column.column.includes('.') ? column.column : `t.${column.column}`;
}

/** `reverse` reads the list from its end, for `last`. */
export function orderClause(
  order: ResolvedOrder,
  reverse: boolean,
  reference: (column: OrderColumn, index: number) => string = columnReference,
): string {
  const ascending = (order.direction === 'ASC') !== reverse;
  return order.columns
    .map((column, index) => `${reference(column, index)} ${ascending === isOpposed(column) ? 'desc' : 'asc'}`)
    .join(', ');
}

/** Ordered against the order's own direction. */
function isOpposed(column: OrderColumn): boolean {
  return column.isOpposed === true;
}

/**
 * Rows strictly after (`side: "after"`) or before the row with `values`, in the list's own direction, as one condition.
 * Nulls are the greatest value in both directions, as PostgreSQL's default is, so that one index serves the order.
 */
export function keysetCondition(
  order: ResolvedOrder,
  side: 'after' | 'before',
  values: readonly CursorValue[],
  parameters: Parameters,
): string {
  const ascending = isAscending(order, side);
  const placeholders = placeholdersOf(order, values, parameters);
  if (order.columns.every((column) => column.nullable !== true && !isOpposed(column)))
    return rowComparison(order.columns, placeholders, ascending);
  let condition = '';
  for (let index = order.columns.length - 1; index >= 0; index -= 1) {
    const column = order.columns[index];
    if (column === undefined) continue;
    const placeholder = placeholders[index] ?? null;
    const reference = columnReference(column);
    condition = step({ reference, column, placeholder, ascending: ascending !== isOpposed(column), rest: condition });
  }
  return condition;
}

/**
 * The same rows as {@link keysetCondition}, as one or two disjoint conditions, the first's rows coming first. Each is a
 * range of the order's index, which their disjunction is not: a page deep in a list costs what the first page costs.
 */
export function keysetRanges(
  order: ResolvedOrder,
  side: 'after' | 'before',
  values: readonly CursorValue[],
  parameters: Parameters,
): string[] {
  const [first, ...rest] = order.columns;
  if (first?.nullable !== true || rest.some((column) => column.nullable === true || isOpposed(column))) {
    return [keysetCondition(order, side, values, parameters)];
  }
  const ascending = isAscending(order, side);
  const reference = columnReference(first);
  const placeholders = placeholdersOf(order, values, parameters);
  if (placeholders[0] !== null) {
    const greater = rowComparison(order.columns, placeholders, ascending);
    return ascending ? [greater, `${reference} is null`] : [greater];
  }
  const nulls = `(${reference} is null and ${rowComparison(rest, placeholders.slice(1), ascending)})`;
  return ascending ? [nulls] : [nulls, `${reference} is not null`];
}

function isAscending(order: ResolvedOrder, side: 'after' | 'before'): boolean {
  return (order.direction === 'ASC') === (side === 'after');
}

function placeholdersOf(
  order: ResolvedOrder,
  values: readonly CursorValue[],
  parameters: Parameters,
): (string | null)[] {
  return order.columns.map((column, index) => {
    const value = values[index] ?? null;
    return value === null ? null : parameters.add(value, column.sqlType);
  });
}

/** One index condition, where the same spelled out is none. Never true for a null. */
function rowComparison(
  columns: readonly OrderColumn[],
  placeholders: readonly (string | null)[],
  ascending: boolean,
): string {
  return `(${columns.map(columnReference).join(', ')}) ${ascending ? '>' : '<'} (${placeholders.join(', ')})`;
}

/** One column of the spelled-out comparison: strictly beyond here, or equal here and beyond in `rest`. */
function step(input: {
  reference: string;
  column: OrderColumn;
  placeholder: string | null;
  ascending: boolean;
  rest: string;
}): string {
  const { reference, column, placeholder, ascending, rest } = input;
  const equal = placeholder === null ? `${reference} is null` : `${reference} = ${placeholder}`;
  const beyond: string[] = [];
  if (placeholder === null) {
    if (!ascending) beyond.push(`${reference} is not null`);
  } else {
    beyond.push(`${reference} ${ascending ? '>' : '<'} ${placeholder}`);
    if (ascending && column.nullable === true) beyond.push(`${reference} is null`);
  }
  if (rest !== '') beyond.push(`(${equal} and ${rest})`);
  return beyond.length === 0 ? 'false' : `(${beyond.join(' or ')})`;
}
