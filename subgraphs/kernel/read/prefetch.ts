/**
 * Prefetching: what the relations of a row lead to, as columns of the statement that reads the row. A whole selection of
 * one subgraph is so one statement, however deep; the relations' resolvers find their answer in the row.
 */
import { getArgumentValues, GraphQLError, print, type FieldNode, type GraphQLField } from 'graphql';
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import { checkDatabaseError } from '../db/errors.js';
import { RequestError } from '../errors/index.js';
import type { EntityMap } from './entity-map.js';
import { Parameters } from './parameters.js';
import type { Projection, Row } from './projection.js';
import type { SelectionInfo } from './selection.js';
import { runStatement } from './statements.js';

export type Variables = SelectionInfo['variableValues'];

/** What one statement is made with. */
export interface StatementScope {
  readonly parameters: Parameters;
  readonly auth: Identity;
  readonly variables: Variables;
}

/** A relation of a row at one place of a document, whatever the arguments. */
export interface PrefetchedRelation {
  readonly responseKey: string;
  /** Null, or a RequestError, when it can't be prefetched: its own resolver then reads it, or says what is wrong. */
  compile(scope: StatementScope): PrefetchedColumn | null;
}

export interface PrefetchedColumn {
  /** JSON, over the row `t`. */
  readonly expression: string;
  /** From that JSON to what the relation's resolver answers. */
  readonly decode: (value: unknown) => unknown;
}

/** What can be prefetched for the selected fields of an entity, which have several nodes where they are merged. */
export type PlanPrefetch = (
  entity: EntityMap,
  selected: ReadonlyMap<string, readonly FieldNode[]>,
  info: SelectionInfo,
) => readonly PrefetchedRelation[];

/** `projection`, and what can be prefetched of `relations`. */
export function withPrefetched(
  projection: Projection,
  relations: readonly PrefetchedRelation[],
  scope: StatementScope,
): Projection {
  const found: { readonly key: string; readonly alias: string; readonly decode: PrefetchedColumn['decode'] }[] = [];
  let { columns } = projection;
  for (const relation of relations) {
    const column = tryCompile(relation, scope);
    if (column === null) continue;
    // Not the response key, which may be longer than a name in PostgreSQL.
    const alias = `^${found.length}`;
    columns += `, ${column.expression} as "${alias}"`;
    found.push({ key: rowKey(relation.responseKey), alias, decode: column.decode });
  }
  if (found.length === 0) return projection;
  return {
    ...projection,
    columns,
    decode: (row) => {
      projection.decode(row);
      for (const { key, alias, decode } of found) row[key] = decode(row[alias]);
    },
  };
}

function tryCompile(relation: PrefetchedRelation, scope: StatementScope): PrefetchedColumn | null {
  const { values } = scope.parameters;
  const before = values.length;
  try {
    const column = relation.compile(scope);
    if (column === null) values.length = before;
    return column;
  } catch (error) {
    // Wrong arguments are the mistake of their own field, whose resolver will say so.
    if (!(error instanceof RequestError || error instanceof GraphQLError)) throw error;
    values.length = before;
    return null;
  }
}

/** No field is called so: rows hold fields by name and columns with `_` before them. */
function rowKey(responseKey: string): string {
  return `^${responseKey}`;
}

/** What was prefetched for the field that is being resolved; undefined when nothing was. */
export function prefetched(parent: Row | undefined, { fieldNodes }: Pick<SelectionInfo, 'fieldNodes'>): unknown {
  const [node] = fieldNodes;
  return node === undefined ? undefined : parent?.[rowKey((node.alias ?? node.name).value)];
}

/** A statement, and how its rows are to be read. */
export interface Readable<Reading> {
  readonly text: string;
  readonly reading: Reading;
}

/**
 * Runs a statement that prefetches `relations`. What the database refuses for the sake of a value runs once more without:
 * the resolver of the field that gave the value then says what is wrong, and only that field is lost.
 */
export async function runPrefetching<Reading>(
  db: Queryable,
  relations: readonly PrefetchedRelation[],
  make: (parameters: Parameters, relations: readonly PrefetchedRelation[]) => Readable<Reading>,
): Promise<{ readonly rows: Row[]; readonly reading: Reading }> {
  const parameters = new Parameters();
  const { text, reading } = make(parameters, relations);
  try {
    return { rows: await runStatement<Row>(db, text, parameters.values), reading };
  } catch (error) {
    if (relations.length === 0 || !isRefusedValue(error)) throw error;
    return runPrefetching(db, [], make);
  }
}

function isRefusedValue(error: unknown): boolean {
  if (error instanceof RequestError) return error.code === 'BAD_USER_INPUT';
  return checkDatabaseError(error)?.kind === 'invalid_value';
}

/** The arguments of a field, as its resolver gets them. What it answers throws GraphQLError when they are wrong. */
export function argumentReader<Arguments>(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (variables: Variables) => Arguments {
  const isConstant = !(node.arguments ?? []).some((argument) => print(argument).includes('$'));
  let constant: Arguments | undefined;
  return (variables) => {
    if (constant !== undefined) return constant;
    const given = getArgumentValues(field, node, variables) as Arguments;
    if (isConstant) constant = given;
    return given;
  };
}
