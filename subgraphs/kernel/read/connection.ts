/** Connections: one statement for a page, or for the same page of each of N parents, with the total when it is selected. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import {
  runAhead,
  withAhead,
  type PlanAhead,
  type Readable,
  type RelationAhead,
  type StatementScope,
  type Variables,
} from './ahead.js';
import { connectionSelect, givenParents, parentMatches, type ParentKeys } from './connection-statement.js';
import { encodeCursor, type CursorValue } from './cursor.js';
import type { ConnectionRelation, EntityMap } from './entity-map.js';
import { resolveOrder, type ResolvedOrder } from './ordering.js';
import { checkPage, type ConnectionArguments, type Page } from './page.js';
import { Parameters } from './parameters.js';
import { carriedColumn, project, type Carrier, type Projection, type Row } from './projection.js';
import { selectedFields, type SelectionInfo } from './selection.js';

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
  readonly carrier: Carrier;
  readonly projection: Projection;
  readonly ahead: readonly RelationAhead[];
}

export interface ConnectionSource {
  readonly entity: EntityMap;
  /** Null for a connection of `Query`. */
  readonly relation: ConnectionRelation | null;
}

export interface PlanOptions {
  readonly planAhead: PlanAhead;
  /** What the rows come in. */
  readonly carrier: Carrier;
}

export function planConnection(
  source: ConnectionSource,
  info: SelectionInfo,
  { planAhead, carrier }: PlanOptions,
): ConnectionPlan {
  const { entity, relation } = source;
  const top = selectedFields(info.fieldNodes, connectionTypeName(info), info);
  const edges = top.get('edges');
  const edge = edges === undefined ? null : selectedFields(edges, edgeTypeName(info), info);
  const pageInfo = top.get('pageInfo');
  const page = pageInfo === undefined ? null : selectedFields(pageInfo, 'PageInfo', info);
  const nodes = [...(top.get('nodes') ?? []), ...(edge?.get('node') ?? [])];
  const edgeFields = Object.entries(relation?.through?.edgeFields ?? {}).filter(([name]) => edge?.has(name) === true);
  const selected = selectedFields(nodes, entity.type, info);
  const edgeCursor = edge?.has('cursor') === true;
  const startCursor = page?.has('startCursor') === true;
  const endCursor = page?.has('endCursor') === true;
  return {
    rows: top.has('nodes') || edges !== undefined || pageInfo !== undefined,
    nodes: top.has('nodes'),
    edges: edges !== undefined,
    edgeFields: edgeFields.map(([name]) => name),
    pageInfo: pageInfo !== undefined,
    totalCount: top.has('totalCount'),
    cursors: edgeCursor || startCursor || endCursor,
    edgeCursor,
    startCursor,
    endCursor,
    carrier,
    projection: project(entity, selected.keys(), { carrier, edgeFields: Object.fromEntries(edgeFields) }),
    ahead: planAhead(entity, selected, info),
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
  readonly variables: Variables;
  /** One for each connection asked for, with the columns of `on` as `_column`; one empty row for a connection of `Query`. */
  readonly parents: readonly Row[];
}

/** Reads the connection of every parent, in the parents' order, with one statement. */
export async function readConnections(db: Queryable, request: ConnectionRequest): Promise<Connection[]> {
  const { plan, source, args, parents, auth, variables } = request;
  const { relation, entity } = source;
  const make = (parameters: Parameters, ahead: readonly RelationAhead[]): Readable<ReadConnections> => {
    const keys = givenParents(parentMatches(relation), parents, parameters);
    const { text, reading } = makeConnection(
      { source, plan: { ...plan, ahead }, args, keys },
      { parameters, auth, variables },
    );
    const name = `/* read ${entity.type}${relation === null ? '' : ` of ${parents.length === 1 ? 'one' : 'many'}`} */`;
    return { text: `${name} ${text}`, reading };
  };
  const isAsked = entity.visible(auth) !== 'none' && (plan.rows || plan.totalCount);
  if (!isAsked) return make(new Parameters(), []).reading([], parents.length);
  const { rows, reading } = await runAhead(db, plan.ahead, make);
  return reading(rows, parents.length);
}

/** From the statement's rows to the connection of each of so many parents. */
export type ReadConnections = (rows: readonly Row[], parentCount: number) => Connection[];

/** Throws RequestError for arguments that no page can be made of. */
export function makeConnection(
  {
    source,
    plan,
    args,
    keys,
  }: { source: ConnectionSource; plan: ConnectionPlan; args: ConnectionArguments; keys: ParentKeys },
  scope: StatementScope,
): Readable<ReadConnections> {
  const page = checkPage(args);
  const order = resolveOrder(source.entity, source.relation, args.orderBy ?? null);
  const { columns, decode } = withAhead(plan.projection, plan.ahead, scope);
  const text = connectionSelect({ source, plan, args, page, order, columns, keys }, scope);
  return { text, reading: (rows, parentCount) => assemble({ plan, page, order, decode, rows, parentCount }) };
}

interface Assembly {
  readonly plan: ConnectionPlan;
  readonly page: Page;
  readonly order: ResolvedOrder;
  readonly decode: Projection['decode'];
  readonly rows: readonly Row[];
  readonly parentCount: number;
}

function assemble({ rows, parentCount, ...presented }: Assembly): Connection[] {
  const { plan } = presented;
  if (parentCount === 1 && !plan.totalCount) return [present({ ...presented, list: rows as Row[] })];
  const lists: Row[][] = Array.from({ length: parentCount }, () => []);
  const totals = new Array<number>(parentCount).fill(0);
  for (const row of rows) {
    const index = typeof row['_o'] === 'number' ? row['_o'] - 1 : 0;
    // Null where a parent has a total and no rows.
    if (!plan.totalCount || typeof row['_row'] === 'number') lists[index]?.push(row);
    if (plan.totalCount) totals[index] = Number(row['_n']);
  }
  return lists.map((list, index) => {
    const connection = present({ ...presented, list });
    if (plan.totalCount) connection.totalCount = totals[index] ?? 0;
    return connection;
  });
}

function present(input: Omit<Assembly, 'rows' | 'parentCount'> & { list: Row[] }): Connection {
  const { plan, page, order, decode, list } = input;
  const more = list.length > page.size;
  if (more) list.length = page.size;
  if (page.backward) list.reverse();
  for (const row of list) decode(row);
  const connection: Connection = {};
  if (plan.nodes) connection.nodes = list;
  if (plan.edges)
    connection.edges = list.map((row) => ({
      cursor: plan.edgeCursor ? cursorOf(plan, order, row) : null,
      node: row,
      ...edgeFieldsOf(plan, row),
    }));
  if (plan.pageInfo) {
    connection.pageInfo = {
      // Beyond the bound that the caller paged from there is at least the row it named.
      hasNextPage: page.backward ? page.before !== null : more,
      hasPreviousPage: page.backward ? more : page.after !== null,
      startCursor: plan.startCursor ? cursorOf(plan, order, list[0]) : null,
      endCursor: plan.endCursor ? cursorOf(plan, order, list.at(-1)) : null,
    };
  }
  return connection;
}

function cursorOf({ carrier }: ConnectionPlan, order: ResolvedOrder, row: Row | undefined): string | null {
  if (row === undefined) return null;
  const values = order.columns.map((column, index) => {
    const value = row[`_c${index}`] ?? null;
    const { decode } = carriedColumn('', column.sqlType, carrier);
    return cursorValue(value === null || decode === null ? value : decode(value));
  });
  return encodeCursor(order.name, values);
}

function cursorValue(value: unknown): CursorValue {
  return typeof value === 'bigint' ? value.toString() : (value as CursorValue);
}

function edgeFieldsOf(plan: ConnectionPlan, row: Row): Row {
  const fields: Row = {};
  for (const name of plan.edgeFields) fields[name] = row[`_edge_${name}`];
  return fields;
}
