/** The SQL of connections: the page and the total of one parent, or of each of many. */
import type { StatementScope } from './prefetch.js';
import { hasFigures, type ConnectionPlan, type ConnectionSource } from './connection-plan.js';
import { decodeCursor, type CursorValue } from './cursor.js';
import type { ConnectionRelation, Match, OrderColumn } from './entity-map.js';
import { filterCondition } from './filter.js';
import type { GroupsSelect } from './groups.js';
import {
  columnReference,
  keysetCondition,
  keysetRanges,
  orderClause,
  orderJoins,
  type ResolvedOrder,
} from './ordering.js';
import type { ConnectionArguments, Page } from './page.js';
import type { Parameters } from './parameters.js';
import { visibleRows } from './related.js';
import { carriedColumn, type Row } from './projection.js';

export interface ParentKeys {
  /** What answers `p(k0, …, o)`, `o` the parent's place from 1; null when there is one parent, whose keys are plain values. */
  readonly from: string | null;
  /** The value of each of {@link parentMatches}, in SQL. */
  readonly references: readonly string[];
}

/** What of a parent says which rows are its own. */
export function parentMatches(relation: ConnectionRelation | null): readonly Match[] {
  return relation === null ? [] : (relation.through?.parent ?? relation.on);
}

/** Parents whose columns are at hand as `_column`. */
export function givenParents(matches: readonly Match[], parents: readonly Row[], parameters: Parameters): ParentKeys {
  if (parents.length === 1 || matches.length === 0) {
    const references = matches.map((pair) => parameters.add(parents[0]?.[`_${pair.parent}`] ?? null, pair.sqlType));
    return { from: null, references };
  }
  const arrays = matches.map((pair) =>
    parameters.add(
      parents.map((parent) => parent[`_${pair.parent}`] ?? null),
      `${pair.sqlType}[]`,
    ),
  );
  const names = matches.map((_, index) => `k${index}`);
  return {
    from: `unnest(${arrays.join(', ')}) with ordinality p(${names.join(', ')}, o)`,
    references: names.map((name) => `p.${name}`),
  };
}

/** The row `t` of the statement around as the one parent; the names of the rows inside may be the same. */
export function parentAround(matches: readonly Match[]): ParentKeys & { readonly from: string } {
  const keys = matches.map((pair, index) => `t.${pair.parent}::${pair.sqlType} as k${index}, `);
  return { from: `(select ${keys.join('')}1 as o) p`, references: matches.map((_, index) => `p.k${index}`) };
}

export interface ConnectionSelect {
  readonly source: ConnectionSource;
  readonly plan: ConnectionPlan;
  readonly args: ConnectionArguments;
  readonly page: Page;
  readonly order: ResolvedOrder;
  /** Columns of the rows. */
  readonly columns: string;
  readonly keys: ParentKeys;
  /** A JSON array over all rows of the list; null when none is asked for. */
  readonly aggregate: string | null;
  readonly groups: readonly Pick<GroupsSelect, 'select'>[];
}

/** The select that answers `_o`, the figures and the rows of the pages, as far as the plan wants them. */
export function connectionSelect(select: ConnectionSelect, scope: StatementScope): string {
  const { parameters } = scope;
  const { source, plan, args, keys } = select;
  const { entity, relation } = source;
  const through = relation?.through;
  const keyTable = through === undefined ? 't' : 'j';
  const conditions =
    relation?.by !== undefined
      ? [`(${relation.by('t', keys.references)})`]
      : parentMatches(relation).map((pair, index) => `${keyTable}.${pair.child} = ${keys.references[index] ?? 'null'}`);
  conditions.push(...visibleRows(entity, 't', scope));
  if (relation?.where !== undefined) conditions.push(`(${relation.where('t', parameters)})`);
  const filter = args.filter == null ? null : filterCondition(entity, args.filter, scope);
  if (filter !== null) conditions.push(filter);
  const table =
    through === undefined
      ? `${entity.table} t`
      : `${through.table} j join ${entity.table} t on ${through.child.map((pair) => `t.${pair.child} = j.${pair.parent}`).join(' and ')}`;
  const fromWhere = `${table}${where(conditions)}`;
  const rows = plan.rows
    ? pageRows(select, pageQuery(select, { table: table + orderJoins(select.order, scope), conditions, parameters }))
    : null;
  return combine(keys.from, figureParts(select, fromWhere), rows);
}

/** A select of one row for each parent, and the columns that it answers. */
interface Part {
  readonly from: string;
  readonly columns: string;
}

/** Total and aggregate share a scan; each grouping has its own. */
function figureParts({ plan, aggregate, groups }: ConnectionSelect, fromWhere: string): Part[] {
  const parts: Part[] = [];
  const counted = [
    ...(plan.totalCount ? ['count(*)::int8 as n'] : []),
    ...(aggregate === null ? [] : [`${aggregate} as a`]),
  ];
  if (counted.length > 0) {
    const columns = [...(plan.totalCount ? ['c.n as "_n"'] : []), ...(aggregate === null ? [] : ['c.a as "_a"'])];
    parts.push({ from: `(select ${counted.join(', ')} from ${fromWhere}) c`, columns: columns.join(', ') });
  }
  for (const [index, group] of groups.entries()) {
    // Once is enough, however many rows the page has.
    const value = plan.rows ? `case when coalesce(x."_i", 1) = 1 then g${index}.v end` : `g${index}.v`;
    parts.push({ from: `(${group.select(fromWhere)}) g${index}`, columns: `${value} as "_g${index}"` });
  }
  return parts;
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}

/** The page's rows, numbered where something beside them is to be said once. */
function pageRows({ groups }: ConnectionSelect, query: string): string {
  return groups.length === 0 ? `(${query}) x` : `(select r.*, row_number() over () as "_i" from (${query}) r) x`;
}

/** The rows of one page and one more, which tells whether there is another page. */
function pageQuery(
  { plan, page, order, columns }: ConnectionSelect,
  { table, conditions, parameters }: { table: string; conditions: readonly string[]; parameters: Parameters },
): string {
  const [start, end] = page.backward ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const values = (cursor: string): CursorValue[] => decodeCursor(cursor, order.name, order.columns);
  const stop = page[end];
  const bounded = stop === null ? conditions : [...conditions, keysetCondition(order, end, values(stop), parameters)];
  const from = page[start];
  const ranges = from === null ? [null] : keysetRanges(order, start, values(from), parameters);
  const withOrder = plan.cursors || ranges.length > 1;
  const cursors = withOrder
    ? order.columns.map((column, index) => `, ${cursorColumn(plan, column)} as "_c${index}"`).join('')
    : '';
  const marked = hasFigures(plan) || ranges.length > 1;
  // The limit is part of the text: as a parameter it makes PostgreSQL plan the statement anew every time.
  const limit = plan.pageInfo ? page.size + 1 : page.size;
  const select = (range: string | null, index: number): string =>
    `select ${columns}${cursors}${marked ? `, ${index} as "_row"` : ''} from ${table}` +
    `${where(range === null ? bounded : [...bounded, range])} order by ${orderClause(order, page.backward)} limit ${limit}`;
  if (ranges.length === 1) return select(ranges[0] ?? null, 0);
  const keys = orderClause(order, page.backward, (_, index) => `"_c${index}"`);
  return `select * from (${ranges.map((range, index) => `(${select(range, index)})`).join(' union all ')}) r order by "_row", ${keys} limit ${limit}`;
}

function cursorColumn({ carrier }: ConnectionPlan, column: OrderColumn): string {
  return carriedColumn(columnReference(column), column.sqlType, carrier).expression;
}

/** Figures and page side by side: a parent without rows still has its figures. */
function combine(parentsFrom: ParentKeys['from'], figures: readonly Part[], rows: string | null): string {
  const columns = [...figures.map((part) => part.columns), ...(rows === null ? [] : ['x.*'])].join(', ');
  const [first, ...others] = figures.map((part) => part.from);
  if (parentsFrom === null) {
    if (first === undefined) return `select ${columns} from ${rows ?? ''}`;
    const joined = others.map((part) => ` cross join ${part}`).join('');
    return `select ${columns} from ${first}${joined}${rows === null ? '' : ` left join ${rows} on true`}`;
  }
  const joined = figures.map((part) => ` cross join lateral ${part.from}`).join('');
  const paged =
    rows === null ? '' : first === undefined ? ` cross join lateral ${rows}` : ` left join lateral ${rows} on true`;
  return `select p.o::int4 as "_o", ${columns} from ${parentsFrom}${joined}${paged}`;
}
