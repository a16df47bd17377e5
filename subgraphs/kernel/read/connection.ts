/** Connections: one statement for a page, or for the same page of each of N parents, with the total when it is selected. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import { checkDatabaseError } from '../db/errors.js';
import { RequestError } from '../errors/index.js';
import {
  runPrefetching,
  withPrefetched,
  type Readable,
  type PrefetchedRelation,
  type StatementScope,
  type Variables,
} from './prefetch.js';
import { hasFigures, type ConnectionPlan, type ConnectionSource } from './connection-plan.js';
import { connectionSelect, givenParents, parentMatches, type ParentKeys } from './connection-statement.js';
import { encodeCursor, type CursorValue } from './cursor.js';
import { resolveOrder, type ResolvedOrder } from './ordering.js';
import { checkPage, type ConnectionArguments, type Page } from './page.js';
import { Parameters } from './parameters.js';
import { carriedColumn, type Projection, type Row } from './projection.js';

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
  aggregate?: Row;
  /** Groups, by `^` and the key of the response. */
  [groups: `^${string}`]: Row[];
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
  const make = (parameters: Parameters, prefetched: readonly PrefetchedRelation[]): Readable<ReadConnections> => {
    const keys = givenParents(parentMatches(relation), parents, parameters);
    const { text, reading } = makeConnection(
      { source, plan: { ...plan, prefetched }, args, keys },
      { parameters, auth, variables },
    );
    const name = `/* read ${entity.type}${relation === null ? '' : ` of ${parents.length === 1 ? 'one' : 'many'}`} */`;
    return { text: `${name} ${text}`, reading };
  };
  const isAsked = entity.visible(auth) !== 'none' && (plan.rows || hasFigures(plan));
  if (!isAsked) return make(new Parameters(), []).reading([], parents.length);
  const { rows, reading } = await runPrefetching(db, plan.prefetched, make).catch((error: unknown) => {
    throw refusedValue(error, request) ?? error;
  });
  return reading(rows, parents.length);
}

/** What only the database can tell of what a caller gave: a forged cursor of an enum's order, a time zone that it does not have. */
function refusedValue(error: unknown, { args, plan }: ConnectionRequest): RequestError | null {
  if (checkDatabaseError(error)?.kind !== 'invalid_value') return null;
  if (args.after != null || args.before != null) {
    return new RequestError('CURSOR_INVALID', 'Malformed cursor: pass a cursor exactly as it was answered.', {
      cause: error,
    });
  }
  if (plan.groups.length === 0) return null;
  return new RequestError('BAD_USER_INPUT', 'The database can’t group by this: check the time zone.', { cause: error });
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
  const { columns, decode } = withPrefetched(plan.projection, plan.prefetched, scope);
  const aggregate = plan.aggregate?.(scope) ?? null;
  const groups = plan.groups.map(({ responseKey, compile }) => ({ responseKey, ...compile(scope) }));
  const select = { source, plan, args, page, order, columns, keys, aggregate: aggregate?.expression ?? null, groups };
  const putFigures = (connection: Connection, row: Row | undefined): void => {
    if (plan.totalCount) connection.totalCount = Number(row?.['_n'] ?? 0);
    if (aggregate !== null) connection.aggregate = aggregate.read((row?.['_a'] ?? null) as unknown[] | null);
    for (const [index, { responseKey, read }] of groups.entries())
      connection[`^${responseKey}`] = read(row?.[`_g${index}`] ?? null);
  };
  const text = connectionSelect(select, scope);
  return {
    text,
    reading: (rows, parentCount) => assemble({ plan, page, order, decode, rows, parentCount, putFigures }),
  };
}

interface Assembly {
  readonly plan: ConnectionPlan;
  readonly page: Page;
  readonly order: ResolvedOrder;
  readonly decode: Projection['decode'];
  readonly rows: readonly Row[];
  readonly parentCount: number;
  /** From the parent's first row, or none. */
  readonly putFigures: (connection: Connection, row: Row | undefined) => void;
}

function assemble({ rows, parentCount, putFigures, ...presented }: Assembly): Connection[] {
  const { plan } = presented;
  const withFigures = hasFigures(plan);
  if (parentCount === 1 && !withFigures) return [present({ ...presented, list: rows as Row[] })];
  const lists: Row[][] = Array.from({ length: parentCount }, () => []);
  const figures: (Row | undefined)[] = lists.map(() => undefined);
  for (const row of rows) {
    const index = typeof row['_o'] === 'number' ? row['_o'] - 1 : 0;
    figures[index] ??= row;
    // Null where a parent has figures and no rows.
    if (!withFigures || typeof row['_row'] === 'number') lists[index]?.push(row);
  }
  return lists.map((list, index) => {
    const connection = present({ ...presented, list });
    if (withFigures) putFigures(connection, figures[index]);
    return connection;
  });
}

function present(input: Omit<Assembly, 'rows' | 'parentCount' | 'putFigures'> & { list: Row[] }): Connection {
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
