/** Connections: one statement for a page, or for the same page of each of N parents, with the total when it is selected. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import { decodeCursor, encodeCursor, type CursorValue } from './cursor.js';
import type { ConnectionRelation, EntityMap, Match } from './entity-map.js';
import { filterCondition } from './filter.js';
import {
  columnReference,
  keysetCondition,
  keysetRanges,
  orderClause,
  resolveOrder,
  type ResolvedOrder,
} from './ordering.js';
import { checkPage, type ConnectionArguments, type Page } from './page.js';
import { Parameters } from './parameters.js';
import { decoderOf, fieldExpression, project, type Projection, type Row } from './projection.js';
import { selectedFields, type SelectionInfo } from './selection.js';
import { runStatement } from './statements.js';

export interface Edge {
  readonly cursor: string | null;
  readonly node: Row;
}

/** What the graph's connection types read; a part that is not selected is absent. */
export interface Connection {
  nodes?: Row[];
  edges?: Edge[];
  pageInfo?: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount?: number;
}

/** What one place of a document needs from a connection, whatever its arguments. */
export interface ConnectionPlan {
  readonly rows: boolean;
  readonly nodes: boolean;
  readonly edges: boolean;
  readonly edgeFields: readonly string[];
  readonly pageInfo: boolean;
  readonly totalCount: boolean;
  /** Any cursor, and which of them: each that is made costs about a microsecond. */
  readonly cursors: boolean;
  readonly edgeCursor: boolean;
  readonly startCursor: boolean;
  readonly endCursor: boolean;
  readonly projection: Projection;
}

export interface ConnectionSource {
  readonly entity: EntityMap;
  /** Null for a connection of `Query`. */
  readonly relation: ConnectionRelation | null;
}

export function planConnection(source: ConnectionSource, info: SelectionInfo): ConnectionPlan {
  const { entity, relation } = source;
  const top = selectedFields(info.fieldNodes, connectionTypeName(info), info);
  const edges = top.get('edges');
  const edge = edges === undefined ? null : selectedFields(edges, edgeTypeName(info), info);
  const pageInfo = top.get('pageInfo');
  const page = pageInfo === undefined ? null : selectedFields(pageInfo, 'PageInfo', info);
  const nodes = [...(top.get('nodes') ?? []), ...(edge?.get('node') ?? [])];
  const edgeFields = Object.keys(relation?.through?.edgeFields ?? {}).filter((name) => edge?.has(name) === true);
  const extra = new Map(
    edgeFields.map((name) => {
      const map = relation?.through?.edgeFields?.[name];
      return [`_edge_${name}`, map === undefined ? 'null' : fieldExpression(map, 'j')];
    }),
  );
  const edgeCursor = edge?.has('cursor') === true;
  const startCursor = page?.has('startCursor') === true;
  const endCursor = page?.has('endCursor') === true;
  return {
    rows: top.has('nodes') || edges !== undefined || pageInfo !== undefined,
    nodes: top.has('nodes'),
    edges: edges !== undefined,
    edgeFields,
    pageInfo: pageInfo !== undefined,
    totalCount: top.has('totalCount'),
    cursors: edgeCursor || startCursor || endCursor,
    edgeCursor,
    startCursor,
    endCursor,
    projection: project(entity, selectedFields(nodes, entity.type, info).keys(), extra),
  };
}

/** The schema says how the connection's types are called; a mapped name would be a second truth. */
function connectionTypeName(info: SelectionInfo & { returnType?: unknown }): string {
  return String(info.returnType ?? '').replace(/[![\]]/g, '');
}

function edgeTypeName(info: SelectionInfo): string {
  return connectionTypeName(info).replace(/Connection$/, 'Edge');
}

export interface ConnectionRequest {
  readonly source: ConnectionSource;
  readonly plan: ConnectionPlan;
  readonly args: ConnectionArguments;
  readonly auth: Identity;
  /** One for each connection asked for, with the columns of `on` as `_column`; one empty row for a connection of `Query`. */
  readonly parents: readonly Row[];
}

/** Reads the connection of every parent, in the parents' order, with one statement. */
export async function readConnections(db: Queryable, request: ConnectionRequest): Promise<Connection[]> {
  const { plan, source, args, parents, auth } = request;
  const page = checkPage(args);
  const order = resolveOrder(source.entity, source.relation, args.orderBy ?? null);
  const statement = buildStatement(request, page, order);
  const visible = source.entity.visible(auth) !== 'none';
  const wanted = plan.rows || plan.totalCount;
  const rows = visible && wanted ? await runStatement<Row>(db, statement.text, statement.values) : [];
  return assemble({ plan, source, page, order, rows, parentCount: parents.length });
}

interface Keys {
  readonly matches: readonly Match[];
  /** `unnest(…) with ordinality p(k0, …, o)`, or null when there is just one parent and its keys are plain values. */
  readonly parentsFrom: string | null;
  readonly references: readonly string[];
}

function parentKeys(relation: ConnectionRelation | null, parents: readonly Row[], parameters: Parameters): Keys {
  const matches = relation === null ? [] : (relation.through?.parent ?? relation.on);
  if (parents.length === 1 || matches.length === 0) {
    const references = matches.map((pair) => parameters.add(parents[0]?.[`_${pair.parent}`] ?? null, pair.sqlType));
    return { matches, parentsFrom: null, references };
  }
  const arrays = matches.map((pair) =>
    parameters.add(
      parents.map((parent) => parent[`_${pair.parent}`] ?? null),
      `${pair.sqlType}[]`,
    ),
  );
  const names = matches.map((_, index) => `k${index}`);
  return {
    matches,
    parentsFrom: `unnest(${arrays.join(', ')}) with ordinality p(${names.join(', ')}, o)`,
    references: names.map((name) => `p.${name}`),
  };
}

function buildStatement(
  request: ConnectionRequest,
  page: Page,
  order: ResolvedOrder,
): { text: string; values: unknown[] } {
  const { source, plan, args, parents, auth } = request;
  const { entity, relation } = source;
  const parameters = new Parameters();
  const keys = parentKeys(relation, parents, parameters);
  const through = relation?.through;
  const keyTable = through === undefined ? 't' : 'j';
  const conditions =
    relation?.by !== undefined
      ? [`(${relation.by('t', keys.references)})`]
      : keys.matches.map((pair, index) => `${keyTable}.${pair.child} = ${keys.references[index] ?? 'null'}`);
  const visible = entity.visible(auth);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  if (relation?.where !== undefined) conditions.push(`(${relation.where('t', parameters)})`);
  const filter = args.filter == null ? null : filterCondition(entity, args.filter, parameters);
  if (filter !== null) conditions.push(filter);
  const table =
    through === undefined
      ? `${entity.table} t`
      : `${through.table} j join ${entity.table} t on ${through.child.map((pair) => `t.${pair.child} = j.${pair.parent}`).join(' and ')}`;
  const total = plan.totalCount ? `(select count(*)::int8 as n from ${table}${where(conditions)}) c` : null;
  const rows = plan.rows ? `(${pageQuery({ plan, table, conditions, page, order, parameters })}) x` : null;
  const name = `/* read ${entity.type}${relation === null ? '' : ` of ${parents.length === 1 ? 'one' : 'many'}`} */`;
  return { text: `${name} ${combine(keys.parentsFrom, total, rows)}`, values: parameters.values };
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
}

interface PageQuery {
  readonly plan: ConnectionPlan;
  readonly table: string;
  readonly conditions: readonly string[];
  readonly page: Page;
  readonly order: ResolvedOrder;
  readonly parameters: Parameters;
}

/** The rows of one page and one more, which tells whether there is another page. */
function pageQuery({ plan, table, conditions, page, order, parameters }: PageQuery): string {
  const [start, end] = page.backward ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const values = (cursor: string): CursorValue[] => decodeCursor(cursor, order.name, order.columns);
  const stop = page[end];
  const bounded = stop === null ? conditions : [...conditions, keysetCondition(order, end, values(stop), parameters)];
  const from = page[start];
  const ranges = from === null ? [null] : keysetRanges(order, start, values(from), parameters);
  const withOrder = plan.cursors || ranges.length > 1;
  const cursors = withOrder
    ? order.columns.map((column, index) => `, ${columnReference(column)} as "_c${index}"`).join('')
    : '';
  const marked = plan.totalCount || ranges.length > 1;
  // The limit is part of the text: as a parameter it makes PostgreSQL plan the statement anew every time.
  const limit = plan.pageInfo ? page.size + 1 : page.size;
  const select = (range: string | null, index: number): string =>
    `select ${plan.projection.columns}${cursors}${marked ? `, ${index} as "_row"` : ''} from ${table}` +
    `${where(range === null ? bounded : [...bounded, range])} order by ${orderClause(order, page.backward)} limit ${limit}`;
  if (ranges.length === 1) return select(ranges[0] ?? null, 0);
  const keys = orderClause(order, page.backward, (_, index) => `"_c${index}"`);
  return `select * from (${ranges.map((range, index) => `(${select(range, index)})`).join(' union all ')}) r order by "_row", ${keys} limit ${limit}`;
}

/** Total and page side by side: a parent without rows still has its total. */
function combine(parentsFrom: string | null, total: string | null, rows: string | null): string {
  const parts = [...(total === null ? [] : ['c.n as "_n"']), ...(rows === null ? [] : ['x.*'])].join(', ');
  if (parentsFrom === null) {
    if (total === null) return `select ${parts} from ${rows ?? ''}`;
    return `select ${parts} from ${total}${rows === null ? '' : ` left join ${rows} on true`}`;
  }
  const counted = total === null ? '' : ` cross join lateral ${total}`;
  const paged =
    rows === null ? '' : total === null ? ` cross join lateral ${rows}` : ` left join lateral ${rows} on true`;
  return `select p.o::int4 as "_o", ${parts} from ${parentsFrom}${counted}${paged}`;
}

interface Assembly {
  readonly plan: ConnectionPlan;
  readonly source: ConnectionSource;
  readonly page: Page;
  readonly order: ResolvedOrder;
  readonly rows: readonly Row[];
  readonly parentCount: number;
}

function assemble({ plan, source, page, order, rows, parentCount }: Assembly): Connection[] {
  if (parentCount === 1 && !plan.totalCount) return [present({ plan, source, page, order, list: rows as Row[] })];
  const lists: Row[][] = Array.from({ length: parentCount }, () => []);
  const totals = new Array<number>(parentCount).fill(0);
  for (const row of rows) {
    const index = typeof row['_o'] === 'number' ? row['_o'] - 1 : 0;
    // Null where a parent has a total and no rows.
    if (!plan.totalCount || typeof row['_row'] === 'number') lists[index]?.push(row);
    if (plan.totalCount) totals[index] = Number(row['_n']);
  }
  return lists.map((list, index) => {
    const connection = present({ plan, source, page, order, list });
    if (plan.totalCount) connection.totalCount = totals[index] ?? 0;
    return connection;
  });
}

function present(input: Omit<Assembly, 'rows' | 'parentCount'> & { list: Row[] }): Connection {
  const { plan, source, page, order, list } = input;
  const more = list.length > page.size;
  if (more) list.length = page.size;
  if (page.backward) list.reverse();
  for (const row of list) plan.projection.decode(row);
  const connection: Connection = {};
  if (plan.nodes) connection.nodes = list;
  if (plan.edges)
    connection.edges = list.map((row) => ({
      cursor: plan.edgeCursor ? cursorOf(order, row) : null,
      node: row,
      ...edgeFieldsOf(plan, source, row),
    }));
  if (plan.pageInfo) {
    connection.pageInfo = {
      // Beyond the bound that the caller paged from there is at least the row it named.
      hasNextPage: page.backward ? page.before !== null : more,
      hasPreviousPage: page.backward ? more : page.after !== null,
      startCursor: plan.startCursor ? cursorOf(order, list[0]) : null,
      endCursor: plan.endCursor ? cursorOf(order, list.at(-1)) : null,
    };
  }
  return connection;
}

function cursorOf(order: ResolvedOrder, row: Row | undefined): string | null {
  if (row === undefined) return null;
  return encodeCursor(
    order.name,
    order.columns.map((_, index) => cursorValue(row[`_c${index}`])),
  );
}

function cursorValue(value: unknown): CursorValue {
  return typeof value === 'bigint' ? value.toString() : (value as CursorValue);
}

function edgeFieldsOf(plan: ConnectionPlan, source: ConnectionSource, row: Row): Row {
  const fields: Row = {};
  for (const name of plan.edgeFields) {
    fields[name] = row[`_edge_${name}`];
    const map = source.relation?.through?.edgeFields?.[name];
    if (map !== undefined) decoderOf(name, map)?.(fields);
  }
  return fields;
}
