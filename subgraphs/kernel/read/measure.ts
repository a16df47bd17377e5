/** The SQL of figures over the rows `t` of a list, and how its answer is read. */
import type { FieldNode, GraphQLObjectType } from 'graphql';
import { argumentReader, type StatementScope } from './prefetch.js';
import type { EntityMap, FieldMap, OneRelation } from './entity-map.js';
import { enumValueOf } from './fields.js';
import { dimensionsOf, momentsOf, numbersOf, type Dimension } from './figures.js';
import { carriedColumn, fieldExpression, type Row } from './projection.js';
import { MapRegistry } from './registry.js';
import { countOf, visibleRows, type RelatedMany } from './related.js';
import { badInput } from '../errors/index.js';
import { selectedFields, type SelectionInfo } from './selection.js';

/** One value of an aggregate: its SQL, and where it goes in the answer. */
interface Measure {
  /** Answers JSON. */
  readonly expression: string;
  readonly put: (answer: Row, value: unknown) => void;
}

/** Figures that one place of a document asks for. */
export type AggregatePlan = (scope: StatementScope) => {
  /** Every value, the count first, as a JSON array of arrays. */
  readonly expression: string;
  readonly read: (values: readonly unknown[] | null) => Row;
};

/** `nodes` select from the aggregate type of `entity`. */
export function planAggregate(
  entity: EntityMap,
  { type, nodes, info }: { type: GraphQLObjectType; nodes: readonly FieldNode[]; info: SelectionInfo },
): AggregatePlan {
  const selected = selectedFields(nodes, type.name, info);
  const planned = [...selected].flatMap(([name, fieldNodes]) => planMeasures(entity, { name, type, fieldNodes, info }));
  return (scope) => {
    const measures = planned.flatMap((make) => make(scope));
    return {
      // The count, also when nothing is measured: without any aggregate function the select would answer a row for each row.
      expression: jsonArray(['count(*)', ...measures.map(({ expression }) => expression)]),
      read: (arrays) => {
        const values = arrays?.flat() ?? null;
        const answer: Row = { count: 0, sum: {}, avg: {}, min: {}, max: {} };
        for (const [index, { put }] of measures.entries()) put(answer, values?.[index + 1] ?? null);
        return answer;
      },
    };
  };
}

/** PostgreSQL passes a function 100 arguments at most. */
const maxArguments = 100;

function jsonArray(values: readonly string[]): string {
  const arrays: string[] = [];
  for (let at = 0; at < values.length; at += maxArguments)
    arrays.push(`json_build_array(${values.slice(at, at + maxArguments).join(', ')})`);
  return `json_build_array(${arrays.join(', ')})`;
}

type MakeMeasures = (scope: StatementScope) => Measure[];

interface MeasureField {
  readonly name: string;
  readonly type: GraphQLObjectType;
  readonly fieldNodes: readonly FieldNode[];
  readonly info: SelectionInfo;
}

function planMeasures(entity: EntityMap, { name, type, fieldNodes, info }: MeasureField): MakeMeasures[] {
  const field = type.getFields()[name];
  if (field === undefined) return [];
  switch (name) {
    case 'count':
      return [() => [{ expression: `count(*)`, put: (answer, value) => void (answer['count'] = value ?? 0) }]];
    case 'countDistinct':
      return fieldNodes.map((node) => {
        const read = argumentReader<{ field: string }>(field, node);
        return (scope) => [countDistinct(entity, read(scope.variables).field, scope)];
      });
    case 'percentile':
      return fieldNodes.map((node) => {
        const read = argumentReader<{ fraction: number }>(field, node);
        const figures = figuresBelow(entity, [node], percentileType(type), info);
        return (scope) => percentiles(read(scope.variables).fraction, figures, scope);
      });
    case 'sum':
    case 'avg':
    case 'min':
    case 'max': {
      const figures = figuresBelow(entity, fieldNodes, typeNameOf(type, name), info);
      return [(scope) => figures.map((figure) => simpleMeasure(name, figure, scope))];
    }
    default:
      return [];
  }
}

function typeNameOf(type: GraphQLObjectType, name: string): string {
  return String(type.getFields()[name]?.type ?? '').replace(/[![\]]/g, '');
}

function percentileType(type: GraphQLObjectType): string {
  return typeNameOf(type, 'percentile');
}

function figuresBelow(
  entity: EntityMap,
  nodes: readonly FieldNode[],
  typeName: string,
  info: SelectionInfo,
): Dimension[] {
  const asked = selectedFields(nodes, typeName, info);
  return [...numbersOf(entity, MapRegistry.of(entity)), ...momentsOf(entity)].filter(({ name }) => asked.has(name));
}

function simpleMeasure(kind: string, { name, source }: Dimension, scope: StatementScope): Measure {
  const { expression, decode } = measureExpression(kind, source as FieldMap | RelatedMany, scope);
  return {
    expression,
    put: (answer, value) => void ((answer[kind] as Row)[name] = value === null ? null : decode(value)),
  };
}

/** As text, since JSON would round it, and how that text is read. */
export function measureExpression(
  kind: string,
  source: FieldMap | RelatedMany,
  scope: StatementScope,
): { readonly expression: string; readonly decode: (value: unknown) => unknown } {
  const measured = `${kind}(${rowExpression(source, scope)})`;
  const isExtreme = kind === 'min' || kind === 'max';
  if (!isExtreme || !('sqlType' in source)) return { expression: `(${measured})::text`, decode: Number };
  if (source.kind === 'numeric') return { expression: `(${measured})::text`, decode: Number };
  const carried = carriedColumn(measured, source.sqlType, 'json');
  return { expression: carried.expression, decode: carried.decode ?? ((value) => value) };
}

function countDistinct(entity: EntityMap, value: string, scope: StatementScope): Measure {
  const columns = dimensionColumns(entity, dimensionOf(entity, value), scope).map(({ expression }) => expression);
  const given = columns.map((column) => `${column} is not null`).join(' and ');
  return {
    expression: `count(distinct (${columns.join(', ')})) filter (where ${given})`,
    put: (answer, count) => void (answer[distinctKey(value)] = count ?? 0),
  };
}

function percentiles(fraction: number, figures: readonly Dimension[], scope: StatementScope): Measure[] {
  if (!(fraction >= 0 && fraction <= 1)) throw badInput(`percentile.fraction must be 0 to 1, got ${fraction}.`);
  const key = percentileKey(fraction);
  // PostgreSQL refuses a parameter that no figure uses.
  const at = figures.length === 0 ? 'null' : scope.parameters.add(fraction, 'float8');
  const put =
    (name: string): Measure['put'] =>
    (answer, value) =>
      void (((answer[key] ??= {}) as Row)[name] = value === null ? null : Number(value));
  const measures = figures.map(({ name, source }): Measure => {
    const value = rowExpression(source as FieldMap | RelatedMany, scope);
    return {
      expression: `(percentile_cont(${at}) within group (order by (${value})::float8))::text`,
      put: put(name),
    };
  });
  // Also without any figure selected the field answers an object.
  return [{ expression: 'null', put: (answer) => void (answer[key] ??= {}) }, ...measures];
}

/** Where an aggregate holds what its fields with arguments answer. */
export function distinctKey(field: string): string {
  return `countDistinct(${field})`;
}

export function percentileKey(fraction: number): string {
  return `percentile(${fraction})`;
}

/** Over the row `t`. */
export function rowExpression(source: FieldMap | RelatedMany, scope: StatementScope): string {
  return 'sqlType' in source ? fieldExpression(source, 't') : countOf(source, 't', scope);
}

export function dimensionOf(entity: EntityMap, value: string): Dimension {
  const found = dimensionsOf(entity, MapRegistry.of(entity)).find(({ name }) => enumValueOf(name) === value);
  if (found === undefined) throw badInput(`${entity.type} can't be grouped by ${value}.`);
  return found;
}

export interface DimensionColumn {
  /** Over the row `t`. */
  readonly expression: string;
  readonly sqlType: string;
  /** Column of the row that it is, for what a relation leads to; null for a value of its own. */
  readonly column: string | null;
}

export function dimensionColumns(entity: EntityMap, { source }: Dimension, scope: StatementScope): DimensionColumn[] {
  if ('sqlType' in source) return [{ expression: fieldExpression(source, 't'), sqlType: source.sqlType, column: null }];
  switch (source.kind) {
    case 'many':
      return [{ expression: rowExpression(source, scope), sqlType: 'int8', column: null }];
    case 'one':
      return source.on.map(({ parent, sqlType }) => {
        const expression = visibleReference(entity, source, { column: parent, sqlType }, scope);
        return { expression, sqlType, column: parent };
      });
    case 'reference':
      return Object.values(source.key).map((column) => ({ expression: `t.${column}`, sqlType: 'text', column }));
  }
}

/** What leads to rows that the caller may not see is null: how they are told apart would say what belongs to whom. */
function visibleReference(
  entity: EntityMap,
  relation: OneRelation,
  { column, sqlType }: { column: string; sqlType: string },
  scope: StatementScope,
): string {
  const target = MapRegistry.of(entity).beside(entity, relation.type);
  const visible = target?.visible(scope.auth) ?? 'none';
  if (target === undefined || visible === 'none') return `null::${sqlType}`;
  if (visible === 'all') return `t.${column}`;
  const matches = relation.on.map((pair) => `d.${pair.child} = t.${pair.parent}`);
  const conditions = [...matches, ...visibleRows(target, 'd', scope)].join(' and ');
  return `case when exists (select from ${target.table} d where ${conditions}) then t.${column} end`;
}
