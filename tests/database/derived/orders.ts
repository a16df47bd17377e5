/** Orders: each as one would sort by hand where values are numbers or moments, and the same in pages as in one for all. */
import { expect } from '@jest/globals';
import { enumValueOf, expressionOrders, ordersOf, type FieldMap } from '../../../subgraphs/kernel/read/index.js';
import { countedRelations } from './conditions.js';
import { relatedRows, relationsOf, shownFields, type Ask, type Item, type List } from './rows.js';

export interface Key {
  /** `field: CREATED_AT`, or `workOrder: { field: CREATED_AT` and so on, without a direction. */
  readonly order: (direction: string) => string;
  /** Null: only the database knows how it sorts. */
  readonly value: ((item: Item) => any) | null;
}

const sorted = new Set<FieldMap['kind']>(['integer', 'bigint', 'numeric', 'timestamp', 'boolean']);

export function orderKeys({ domain, map }: List, rows: readonly Item[]): Key[] {
  const shown = new Map(shownFields(domain, map));
  const counts = countedRelations(domain, map, rows);
  const values = new Set([...Object.keys({ ...ordersOf(map, null), ...expressionOrders(map) })]);
  const own = [...values].map((value): Key => {
    const field = [...shown].find(([name]) => enumValueOf(name) === value);
    const isSorted = field !== undefined && sorted.has(field[1].kind);
    return {
      order: (direction) => `field: ${value}, direction: ${direction}`,
      value: isSorted ? (item) => item[field[0]] ?? null : null,
    };
  });
  const counted = counts.map(({ count, relation }): Key => ({
    order: (direction) => `field: ${enumValueOf(count)}, direction: ${direction}`,
    value: (item) => relatedRows(item, relation)?.length ?? 0,
  }));
  const related = relationsOf(domain, map).flatMap(({ name, kind, target }) =>
    kind !== 'one'
      ? []
      : shownFields(domain, target).flatMap(([field, { kind: type }]): Key[] => {
          const value = enumValueOf(field);
          const isOrder = { ...ordersOf(target, null), ...expressionOrders(target) }[value] !== undefined;
          if (!isOrder || !sorted.has(type)) return [];
          return [
            {
              order: (direction) => `${name}: { field: ${value}, direction: ${direction} }`,
              value: (item) => item[name]?.[field] ?? null,
            },
          ];
        }),
  );
  return [...own, ...counted, ...related];
}

export interface OrderedList {
  readonly list: List;
  readonly filter: string;
  readonly keys: readonly (readonly [Key, 'ASC' | 'DESC'])[];
}

const most = 40;

/** `items` are all that the filter keeps. */
export async function checkOrder(ask: Ask, { list, filter, keys }: OrderedList, items: readonly Item[]): Promise<void> {
  const [first, ...rest] = keys.map(([key, direction]) => key.order(direction));
  const orderBy = `{ ${first}${rest.length === 0 ? '' : `, thenBy: [${rest.map((next) => `{ ${next} }`).join(', ')}]`} }`;
  const page = async (args: string): Promise<any[]> => {
    const query = `{ list: ${list.root}(${args}, filter: { ${filter} }, orderBy: ${orderBy}) { edges { cursor node { id } } } }`;
    return (await ask(query)).list.edges;
  };
  const edges = await page(`first: ${most}`);
  const ids = edges.map(({ node }) => node.id as string);
  const byId = new Map(items.map((item) => [item['id'] as string, item]));
  expect([orderBy, ids.length, ids.filter((id) => !byId.has(id))]).toEqual([orderBy, Math.min(most, items.length), []]);
  expect(new Set(ids).size).toBe(ids.length);
  const known = keys.findIndex(([{ value }]) => value === null);
  const compared = keys.slice(0, known === -1 ? keys.length : known);
  const valuesOf = (item: Item): unknown[] => compared.map(([{ value }]) => value?.(item));
  const wanted = [...items]
    .sort((one, other) => {
      for (const [{ value }, direction] of compared) {
        const order = nullsLast(value?.(one), value?.(other));
        if (order !== 0) return direction === 'ASC' ? order : -order;
      }
      return 0;
    })
    .slice(0, most);
  expect([orderBy, ids.map((id) => valuesOf(byId.get(id) ?? {}))]).toEqual([orderBy, wanted.map(valuesOf)]);
  const paged: string[] = [];
  for (let after = ''; paged.length < ids.length;) {
    const next = await page(`first: 17${after}`);
    paged.push(...next.map(({ node }) => node.id as string));
    after = `, after: "${next.at(-1)?.cursor}"`;
  }
  expect([orderBy, paged.slice(0, ids.length)]).toEqual([orderBy, ids]);
  if (items.length > most) return;
  const backward = await page(`last: ${most}`);
  expect([orderBy, backward.map(({ node }) => node.id)]).toEqual([orderBy, ids]);
}

function nullsLast(one: any, other: any): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : Number(one > other);
}
