/** Which fields of an entity can be compared, and so filtered, ordered and grouped by: all that are small and no JSON. */
import type { ConnectionRelation, EntityMap, FieldMap, OrderColumn } from './entity-map.js';

export function isComparable({ kind, sqlType, isLarge }: FieldMap): boolean {
  return kind !== 'json' && isLarge !== true && !sqlType.endsWith('[]');
}

export function isOrderable(field: FieldMap): boolean {
  return isComparable(field) && field.isUnbounded !== true;
}

/** `gxpRiskRating` → `GXP_RISK_RATING`. */
export function enumValueOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

const filters = new WeakMap<EntityMap, Readonly<Record<string, FieldMap>>>();

/** By name: every comparable field, what the map names beside them, and what it filters by without showing it. */
export function filterFields(entity: EntityMap): Readonly<Record<string, FieldMap>> {
  let found = filters.get(entity);
  if (found === undefined) {
    const named = new Set<string>(entity.filters);
    const shown = Object.entries(entity.fields).filter(([name, field]) => named.has(name) || isComparable(field));
    found = { ...Object.fromEntries(shown), ...entity.filterFields };
    filters.set(entity, found);
  }
  return found;
}

const orders = new WeakMap<EntityMap, Readonly<Record<string, readonly OrderColumn[]>>>();

/** By value of the order enum: the orders that the map names, and every comparable column whose values fit into a cursor by its field's name. */
export function ordersOf(
  entity: EntityMap,
  relation: ConnectionRelation | null,
): Readonly<Record<string, readonly OrderColumn[]>> {
  let own = orders.get(entity);
  if (own === undefined) {
    const columns = Object.entries(entity.fields).flatMap(([name, { source, sqlType, ...field }]) =>
      typeof source === 'string' && name !== 'id' && isOrderable({ source, sqlType, ...field })
        ? [[enumValueOf(name), [{ column: source, sqlType, nullable: source !== entity.key.column }]] as const]
        : [],
    );
    own = { ...Object.fromEntries(columns), ...entity.orders };
    orders.set(entity, own);
  }
  return relation?.orders === undefined ? own : { ...own, ...relation.orders };
}

/** By value of the order enum: comparable fields that are expressions and no columns. A page's select computes them for each row. */
export function expressionOrders(entity: EntityMap): Readonly<Record<string, FieldMap>> {
  const own = ordersOf(entity, null);
  const expressions = Object.entries(entity.fields).flatMap(([name, field]) => {
    const value = enumValueOf(name);
    const isFree = typeof field.source !== 'string' && isOrderable(field) && own[value] === undefined;
    return isFree ? [[value, field] as const] : [];
  });
  return Object.fromEntries(expressions);
}
