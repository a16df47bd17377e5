/** Finds the one list that an operation asks for, and how its rows are asked for page by page. */
import {
  getNullableType,
  GraphQLInt,
  GraphQLString,
  isListType,
  isObjectType,
  valueFromAST,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import { columnsOf, type Column, type Row } from './columns.js';
import { pageOperation, type ItemSelection } from './page-operation.js';
import {
  compositeTypeOf,
  selectedFields,
  selecting,
  selectionSetsOf,
  type SelectedField,
  type Selecting,
} from './selected-fields.js';

export interface ExportPlan {
  /** Of the field that is the list: `requirements`. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The operation that is executed for each page. */
  readonly source: string;
  /** Null for a list that is no connection: it comes whole. */
  readonly paging: Paging | null;
  /** Null where the list, or something around it, is null. */
  readonly rowsOf: (data: Row) => readonly Row[] | null;
}

export interface Paging {
  /** The caller's own `first`: this many rows at most. Null for all. */
  readonly rows: number | null;
  readonly after: string | null;
  readonly variablesOf: (first: number, after: string | null) => Record<string, unknown>;
  readonly pageInfoOf: (data: Row) => PageInfo;
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export interface AskedForExport {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly source: string;
  readonly operation: OperationDefinitionNode;
  /** With the operation's defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Throws BAD_USER_INPUT for an operation that does not ask for exactly one list: {@link NoRows} where it asks for none. */
export function planExport(asked: AskedForExport): ExportPlan {
  const { schema, document, operation, source, variables } = asked;
  const queryType = schema.getQueryType();
  if (operation.operation !== 'query' || queryType == null) throw noRows('only a query has rows');
  const selection = selecting(schema, document, variables);
  const path: SelectedField[] = [];
  let type: GraphQLCompositeType = queryType;
  let selectionSets: readonly SelectionSetNode[] = [operation.selectionSet];
  for (;;) {
    const field = onlyField(selectedFields(selection, selectionSets, type));
    const inside = compositeTypeOf(field);
    if (inside === null) throw noRows(`${field.key} is no list of objects`);
    path.push(field);
    selectionSets = selectionSetsOf(field);
    if (field.field !== null && isListType(getNullableType(field.field.type))) {
      const columns = columnsOf(selection, selectionSets, inside);
      const rowsOf = (data: Row) => withoutNulls(valueAlong(data, path) as readonly (Row | null)[] | null);
      return { name: field.key, columns, source, paging: null, rowsOf };
    }
    const items = itemsOf(selection, inside, selectionSets);
    if (items !== null) return planPages(asked, selection, path, items);
    type = inside;
  }
}

function onlyField(selected: readonly SelectedField[]): SelectedField {
  const fields = selected.filter(({ field }) => field !== null);
  const [field] = fields;
  if (field === undefined) throw noRows('this operation selects none');
  if (fields.length > 1) throw noRows(`this operation selects ${fields.map(({ key }) => key).join(', ')}`);
  return field;
}

type Items = ItemSelection & { readonly type: GraphQLCompositeType };

/** Beside its items: what a page says of itself, and their number, which the rows say. */
const aboutPages = new Set(['pageInfo', 'totalCount', 'cursor', '__typename']);

/** Null for what is no connection, and for one of whose items nothing is selected. */
function itemsOf(
  selection: Selecting,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
): Items | null {
  if (!isObjectType(type) || type.getFields()['pageInfo'] === undefined) return null;
  const items: SelectedField[] = [];
  const others: string[] = [];
  const sort = (selected: readonly SelectedField[], name: string): void => {
    for (const field of selected) {
      const own = field.nodes[0]?.name.value ?? '';
      if (own === name) items.push(field);
      else if (own === 'edges') {
        sort(selectedFields(selection, selectionSetsOf(field), compositeTypeOf(field) as GraphQLCompositeType), 'node');
      } else if (!aboutPages.has(own)) others.push(field.key);
    }
  };
  sort(selectedFields(selection, selectionSets, type), 'nodes');
  const [item] = items;
  if (item === undefined) return null;
  if (others.length > 0) throw refused(`this operation selects ${others.join(', ')} beside the rows`);
  return {
    type: compositeTypeOf(item) as GraphQLCompositeType,
    selectionSets: items.flatMap(selectionSetsOf),
    hasNodes: 'nodes' in type.getFields(),
  };
}

function planPages(
  { operation, variables }: AskedForExport,
  selection: Selecting,
  path: readonly SelectedField[],
  items: Items,
): ExportPlan {
  const connection = path.at(-1) as SelectedField;
  const argument = (name: string, type: GraphQLInputType): unknown => {
    const node = connection.nodes[0]?.arguments?.find((given) => given.name.value === name);
    return node === undefined ? null : valueFromAST(node.value, type, variables);
  };
  if (argument('last', GraphQLInt) != null || argument('before', GraphQLString) != null) {
    throw refused('rows are read from the start of the list: turn its order round, and use "first" and "after"');
  }
  const rows = (argument('first', GraphQLInt) ?? null) as number | null;
  if (rows !== null && rows < 1) throw refused('"first" must be 1 or more');
  const page = pageOperation(operation, selection, path, items);
  return {
    name: connection.key,
    columns: columnsOf(selection, items.selectionSets, items.type),
    source: page.source,
    paging: {
      rows,
      after: (argument('after', GraphQLString) ?? null) as string | null,
      variablesOf: (first, after) => ({ ...variables, [page.first]: first, [page.after]: after }),
      pageInfoOf: (data) => (valueAlong(data, path) as { pageInfo: PageInfo }).pageInfo,
    },
    rowsOf(data) {
      const found = valueAlong(data, path) as Connection | null;
      if (found === null) return null;
      return withoutNulls(found.nodes ?? found.edges?.map((edge) => edge?.node ?? null) ?? null);
    },
  };
}

interface Connection {
  readonly nodes?: readonly (Row | null)[] | null;
  readonly edges?: readonly ({ readonly node: Row | null } | null)[] | null;
}

function withoutNulls(rows: readonly (Row | null)[] | null): readonly Row[] | null {
  return rows?.filter((row) => row !== null) ?? null;
}

function valueAlong(data: Row, path: readonly SelectedField[]): unknown {
  let value: unknown = data;
  for (const { key } of path) value = (value as Row | null)?.[key] ?? null;
  return value;
}

/** What the operation asks for has no form in rows, whatever its arguments. */
export class NoRows extends RequestError {}

const saying = (reason: string) => `Rows are taken from exactly one list or connection, and ${reason}.`;

function noRows(reason: string): NoRows {
  return new NoRows('BAD_USER_INPUT', saying(reason));
}

function refused(reason: string): RequestError {
  return new RequestError('BAD_USER_INPUT', saying(reason));
}
