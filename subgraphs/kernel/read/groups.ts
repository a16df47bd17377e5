/** Groups of a list: the SQL of `groupBy`, and how its answer is read. */
import type { FieldNode, GraphQLField, GraphQLObjectType } from 'graphql';
import { badInput } from '../errors/index.js';
import { toGlobalId } from '../ids/index.js';
import { argumentReader, type StatementScope } from './prefetch.js';
import { conjunction, maxTerms, takeTerm, type Input, type Leaf } from './conditions.js';
import type { EntityMap, FieldMap } from './entity-map.js';
import { enumValueOf } from './fields.js';
import { defaultGroups, maxGroups, numbersOf } from './figures.js';
import { comparisonsOf, countField } from './filter.js';
import {
  dimensionColumns,
  dimensionOf,
  measureExpression,
  planAggregate,
  rowExpression,
  type DimensionColumn,
} from './measure.js';
import { MapRegistry } from './registry.js';
import { carriedColumn, type Row } from './projection.js';
import { selectedFields, type SelectionInfo } from './selection.js';

/** What one `groupBy` of a document asks for, wherever in it its parts stand. */
export interface GroupsPlan {
  readonly responseKey: string;
  readonly compile: (scope: StatementScope) => GroupsSelect;
}

export interface GroupsSelect {
  /** The select over `from … where …`, whose one column `v` is a JSON array of groups. */
  readonly select: (fromWhere: string) => string;
  readonly read: (groups: unknown) => Row[];
}

interface GroupArguments {
  readonly fields: readonly {
    readonly field: string;
    readonly bucket?: string | null;
    readonly timeZone?: string | null;
  }[];
  readonly having?: Input | null;
  readonly orderBy?: readonly GroupOrder[] | null;
  readonly first?: number | null;
}

interface GroupOrder {
  readonly key?: string | null;
  readonly measure?: string | null;
  readonly field?: string | null;
  readonly direction: 'ASC' | 'DESC';
}

const maxKeys = 8;
const maxOrders = 8;

export function planGroups(
  entity: EntityMap,
  { field, nodes, info }: { field: GraphQLField<unknown, unknown>; nodes: readonly FieldNode[]; info: SelectionInfo },
): GroupsPlan {
  const [node] = nodes;
  if (node === undefined) throw new Error('groups without a node');
  const read = argumentReader<GroupArguments>(field, node);
  const type = info.schema.getType(nameOf(field)) as GraphQLObjectType;
  const aggregate = type.getFields()['aggregate'] as GraphQLField<unknown, unknown>;
  const aggregates = selectedFields(nodes, type.name, info).get('aggregate') ?? [];
  const aggregateType = info.schema.getType(nameOf(aggregate)) as GraphQLObjectType;
  const figures = planAggregate(entity, { type: aggregateType, nodes: aggregates, info });
  return {
    responseKey: (node.alias ?? node.name).value,
    compile: (scope) => compileGroups(entity, read(scope.variables), figures, scope),
  };
}

function nameOf({ type }: GraphQLField<unknown, unknown>): string {
  return String(type).replace(/[![\]]/g, '');
}

function compileGroups(
  entity: EntityMap,
  { fields, having, orderBy, first }: GroupArguments,
  figures: ReturnType<typeof planAggregate>,
  scope: StatementScope,
): GroupsSelect {
  const keys = groupKeys(entity, fields, scope);
  const size = first ?? defaultGroups;
  if (size < 1 || size > maxGroups) throw badInput(`groupBy.first must be 1 to ${maxGroups}, got ${size}.`);
  const { expression, read } = figures(scope);
  const columns = keys.flatMap((key) => key.columns);
  const ordinals = columns.map((_, index) => index + 1);
  const condition = having == null ? null : havingCondition(entity, having, scope);
  const order = orderBy == null ? [] : groupOrder(entity, orderBy, { fields, keys, scope });
  const selected = [...columns.map(({ expression: column }, index) => `${column} as k${index}`), `${expression} as m`];
  const carried = columns.map(({ sqlType }, index) => carriedColumn(`g.k${index}`, sqlType, 'json'));
  return {
    select: (fromWhere) =>
      `select coalesce(json_agg(json_build_array(${[...carried.map((column) => column.expression), 'g.m'].join(', ')})), '[]') as v from ` +
      `(select ${selected.join(', ')} from ${fromWhere} group by ${ordinals.join(', ')}` +
      `${condition === null ? '' : ` having ${condition}`} order by ${[...order, ...ordinals].join(', ')} limit ${size}) g`,
    read: (groups) =>
      ((groups ?? []) as unknown[][]).map((group) => {
        const values = carried.map(({ decode }, index) => {
          const value = group[index] ?? null;
          return value === null || decode === null ? value : decode(value);
        });
        const key: Row = {};
        let at = 0;
        for (const each of keys) at = each.put(key, values, at);
        return { key, aggregate: read(group.at(-1) as unknown[]) };
      }),
  };
}

interface GroupKey {
  readonly columns: readonly DimensionColumn[];
  /** Puts the values from `at` on into the key; answers where the next key's are. */
  readonly put: (key: Row, values: readonly unknown[], at: number) => number;
}

function groupKeys(entity: EntityMap, fields: GroupArguments['fields'], scope: StatementScope): GroupKey[] {
  if (fields.length === 0 || fields.length > maxKeys)
    throw badInput(`groupBy.fields must have 1 to ${maxKeys} fields.`);
  if (new Set(fields.map(({ field }) => field)).size < fields.length)
    throw badInput('groupBy.fields names a field twice.');
  return fields.map(({ field, bucket, timeZone }) => {
    const dimension = dimensionOf(entity, field);
    const { name, source } = dimension;
    const found = dimensionColumns(entity, dimension, scope);
    if (bucket == null && timeZone == null) return groupKey(name, source as FieldMap, found);
    if (!('sqlType' in source) || source.kind !== 'timestamp')
      throw badInput(`${field} has no time buckets: it is no moment in time.`);
    if (bucket == null) throw badInput('groupBy.fields: timeZone goes with a bucket.');
    const zone = scope.parameters.add(checkTimeZone(timeZone ?? 'UTC'), 'text');
    const expression = `date_trunc('${bucket.toLowerCase()}', ${found[0]?.expression ?? 'null'}, ${zone})`;
    return groupKey(name, source, [{ expression, sqlType: 'timestamptz', column: null }]);
  });
}

function groupKey(name: string, { kind, idType }: FieldMap, columns: readonly DimensionColumn[]): GroupKey {
  const present = (value: unknown): unknown => {
    if (value === null) return null;
    if (kind === 'id' && idType !== undefined) return toGlobalId(idType, String(value));
    return kind === 'numeric' ? Number(value) : value;
  };
  return {
    columns,
    put: (key, values, at) => {
      for (const [index, { column }] of columns.entries()) {
        if (column === null) key[name] = present(values[at + index]);
        else key[`_${column}`] = values[at + index];
      }
      return at + columns.length;
    },
  };
}

/** An IANA name: PostgreSQL reads offsets the other way round. */
function checkTimeZone(name: string): string {
  const isName = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name);
  try {
    if (isName && name.length <= 64) return new Intl.DateTimeFormat('en', { timeZone: name }) && name;
  } catch {
    // Not known: said below.
  }
  throw badInput(
    `timeZone must be a name of the IANA time zone database, such as Europe/Berlin; got ${name.slice(0, 64)}.`,
  );
}

function havingCondition(entity: EntityMap, having: Input, scope: StatementScope): string | null {
  const { parameters } = scope;
  const numbers = numbersOf(entity, MapRegistry.of(entity));
  const leaf: Leaf = (name, value, { budget }) => {
    takeTerm(budget, 'having');
    if (name === 'count')
      return comparisonsOf('having.count', countField, 'count(*)', value as Input, parameters, budget);
    const terms = Object.entries(value as Input).flatMap(([field, comparators]) => {
      if (comparators === undefined) return [];
      const place = `having.${name}.${field}`;
      if (comparators === null) throw badInput(`${place} is null: leave it out.`);
      const source = numbers.find((number) => number.name === field)?.source;
      if (source === undefined) throw badInput(`${place} is no number.`);
      const expression = `${name}(${rowExpression(source, scope)})`;
      return comparisonsOf(place, numberField, expression, comparators as Input, parameters, budget) ?? [];
    });
    return terms.length === 0 ? null : terms.join(' and ');
  };
  return conjunction(having, leaf, { argument: 'having', budget: { terms: maxTerms }, parameters, depth: 1 });
}

const numberField: FieldMap = { kind: 'numeric', source: '', sqlType: 'numeric' };

function groupOrder(
  entity: EntityMap,
  orders: readonly GroupOrder[],
  { fields, keys, scope }: { fields: GroupArguments['fields']; keys: readonly GroupKey[]; scope: StatementScope },
): string[] {
  if (orders.length > maxOrders) throw badInput(`groupBy.orderBy may have ${maxOrders} orders.`);
  return orders.flatMap(({ key, measure, field, direction }) => {
    if ((key == null) === (measure == null)) throw badInput('groupBy.orderBy: give either key or measure.');
    if (key != null) {
      const place = fields.findIndex((each) => each.field === key);
      if (place === -1) throw badInput(`groupBy.orderBy: ${key} is not among the fields.`);
      const before = keys.slice(0, place).reduce((sum, each) => sum + each.columns.length, 0);
      return (keys[place]?.columns ?? []).map((_, index) => `${before + index + 1} ${direction}`);
    }
    if (measure === 'COUNT') return [`count(*) ${direction}`];
    const source = numbersOf(entity, MapRegistry.of(entity)).find(
      (number) => enumValueOf(number.name) === field,
    )?.source;
    if (source === undefined) throw badInput(`groupBy.orderBy: ${measure ?? ''} needs a field.`);
    const { expression } = measureExpression((measure ?? '').toLowerCase(), source, scope);
    // A group without a value comes last, whichever way: it is neither the greatest nor the least.
    return [`${expression.replace(/::text$/, '')} ${direction} nulls last`];
  });
}
