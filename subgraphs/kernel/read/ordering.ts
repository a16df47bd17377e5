/** Orders and keyset conditions: which rows come after (or before) a row, for any mix of nullable columns. */
import { badInput } from '../errors/index.js';
import type { CursorValue } from './cursor.js';
import type { ConnectionRelation, EntityMap, Order, OrderColumn } from './entity-map.js';
import type { Parameters } from './parameters.js';

export interface ResolvedOrder {
  /** Names the ordering inside cursors, e.g. `Requirement.TITLE_ASC`. */
  readonly name: string;
  /** The order's columns, the key last as tie-break. */
  readonly columns: readonly OrderColumn[];
  readonly direction: 'ASC' | 'DESC';
}

const cache = new WeakMap<EntityMap | ConnectionRelation, Map<string, ResolvedOrder>>();

/** The order that the caller asked for, or the connection's default. `requested.field` is a value of the order enum. */
export function resolveOrder(
  entity: EntityMap,
  relation: ConnectionRelation | null,
  requested: Order | null,
): ResolvedOrder {
  const order = requested ?? relation?.defaultOrder ?? entity.defaultOrder ?? null;
  const owner = relation ?? entity;
  const name = `${entity.type}.${order === null ? 'ID_ASC' : `${order.field}_${order.direction}`}`;
  const known = cache.get(owner)?.get(name);
  if (known !== undefined) return known;
  const columns = order === null ? [] : (relation?.orders?.[order.field] ?? entity.orders?.[order.field]);
  if (columns === undefined) throw badInput(`${entity.type} can't be ordered by ${order?.field ?? 'nothing'} here.`);
  const tieBreak: OrderColumn = { column: entity.key.column, sqlType: entity.key.sqlType };
  const isKeyed = columns.some((column) => column.column === tieBreak.column);
  const resolved: ResolvedOrder = {
    name,
    columns: isKeyed ? columns : [...columns, tieBreak],
    direction: order?.direction ?? 'ASC',
  };
  let orders = cache.get(owner);
  if (orders === undefined) cache.set(owner, (orders = new Map()));
  orders.set(name, resolved);
  return resolved;
}

/** `title` → `t.title`; a column of the join table is already written `j.strength`. */
export function columnReference(column: OrderColumn): string {
  return column.column.includes('.') ? column.column : `t.${column.column}`;
}

/** `reverse` reads the list from its end, for `last`. */
export function orderClause(order: ResolvedOrder, reverse: boolean): string {
  const direction = (order.direction === 'ASC') === reverse ? 'desc' : 'asc';
  return order.columns.map((column) => `${columnReference(column)} ${direction}`).join(', ');
}

/**
 * Rows strictly after (`side: "after"`) or before the row with `values`, in the list's own direction.
 * Nulls are the greatest value in both directions, as PostgreSQL's default is, so that one index serves the order.
 */
export function keysetCondition(
  order: ResolvedOrder,
  side: 'after' | 'before',
  values: readonly CursorValue[],
  parameters: Parameters,
): string {
  const ascending = (order.direction === 'ASC') === (side === 'after');
  const operator = ascending ? '>' : '<';
  const placeholders = order.columns.map((column, index) => {
    const value = values[index] ?? null;
    return value === null ? null : parameters.add(value, column.sqlType);
  });
  if (order.columns.every((column) => column.nullable !== true)) {
    // A row comparison is one index condition; the spelled-out form below is not.
    return `(${order.columns.map(columnReference).join(', ')}) ${operator} (${placeholders.join(', ')})`;
  }
  let condition = '';
  for (let index = order.columns.length - 1; index >= 0; index -= 1) {
    const column = order.columns[index];
    if (column === undefined) continue;
    condition = step({
      reference: columnReference(column),
      column,
      placeholder: placeholders[index] ?? null,
      ascending,
      rest: condition,
    });
  }
  return condition;
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
