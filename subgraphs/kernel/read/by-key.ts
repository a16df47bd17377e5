/** Rows by key: one, or many in the keys' order with null for the missing, with one statement. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import {
  runPrefetching,
  withPrefetched,
  type PrefetchedRelation,
  type StatementScope,
  type Variables,
} from './prefetch.js';
import type { EntityMap, ListRelation, OneRelation } from './entity-map.js';
import { columnReference } from './ordering.js';
import { Parameters } from './parameters.js';
import { project, type Projection, type Row } from './projection.js';

export interface KeyColumn {
  readonly column: string;
  readonly sqlType: string;
}

/** What one place of a document needs of an entity. */
export interface RowPlan {
  readonly projection: Projection;
  readonly prefetched: readonly PrefetchedRelation[];
}

/** The row that a key leads to, or that a parent leads to over a join table. */
export interface RowSource {
  readonly entity: EntityMap;
  readonly columns: readonly KeyColumn[];
  /** When given, `columns` are those of its table. */
  readonly through?: OneRelation['through'];
}

export interface KeyRequest extends RowSource {
  readonly plan: RowPlan;
  /** Each key has one value for each of `columns`. */
  readonly keys: readonly (readonly unknown[])[];
  readonly auth: Identity;
  readonly variables: Variables;
}

/** A plan for what has no selection to read: these fields and no more. */
export function planFields(entity: EntityMap, names: Iterable<string>): RowPlan {
  return { projection: project(entity, names), prefetched: [] };
}

/** `keys.map(key => its row, or null)`. A row that the caller may not see is null. */
export async function readByKeys(db: Queryable, request: KeyRequest): Promise<(Row | null)[]> {
  const { entity, columns, keys, plan, auth, variables } = request;
  const found: (Row | null)[] = keys.map(() => null);
  if (entity.visible(auth) === 'none') return found;
  const { rows, reading: decode } = await runPrefetching(db, plan.prefetched, (parameters, relations) => {
    const scope = { parameters, auth, variables };
    const source = keySource({ columns, keys, parameters });
    const projection = withPrefetched(plan.projection, relations, scope);
    const select = `${source.ordinal} as "_o", ${projection.columns}`;
    const text = `/* read ${entity.type} by key */ select ${select} from ${source.from}${rowsByKey(request, source.references, scope)}`;
    return { text, reading: projection.decode };
  });
  for (const row of rows) {
    decode(row);
    found[Number(row['_o']) - 1] = row;
  }
  return found;
}

/** `… t where …`: the row of the key whose values are `references`. */
export function rowsByKey(
  { entity, columns, through }: RowSource,
  references: readonly string[],
  { parameters, auth }: StatementScope,
): string {
  const keyTable = through === undefined ? 't' : 'j';
  const conditions = columns.map((key, index) => `${keyTable}.${key.column} = ${references[index] ?? 'null'}`);
  for (const pair of through?.child ?? []) conditions.push(`t.${pair.child} = j.${pair.parent}`);
  const visible = entity.visible(auth);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  const joined = through === undefined ? '' : `${through.table} j, `;
  return `${joined}${entity.table} t where ${conditions.join(' and ')}`;
}

export interface PrefixRequest {
  readonly entity: EntityMap;
  /** The last one holds the texts that are completed, the others are equal to `values`. */
  readonly columns: readonly KeyColumn[];
  readonly values: readonly string[];
  readonly prefix: string;
  readonly limit: number;
  readonly auth: Identity;
}

/** Different texts that begin with `prefix`, in their order: of rows that the caller may see. */
export async function completeKeys(db: Queryable, request: PrefixRequest): Promise<string[]> {
  const { entity, columns, values, prefix, limit, auth } = request;
  const visible = entity.visible(auth);
  if (visible === 'none') return [];
  const parameters = new Parameters();
  const completed = `t.${columns.at(-1)?.column}`;
  const conditions = values.map((value, index) => `t.${columns[index]?.column} = ${parameters.add(value)}`);
  conditions.push(`starts_with(${completed}, ${parameters.add(prefix)})`);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  const rows = await db.query<{ text: string }>(
    `/* complete ${entity.type} */ select distinct ${completed} as text from ${entity.table} t
     where ${conditions.join(' and ')} order by 1 limit ${limit}`,
    parameters.values,
  );
  return rows.map(({ text }) => text);
}

export interface ListRequest {
  readonly entity: EntityMap;
  readonly relation: ListRelation;
  readonly plan: RowPlan;
  readonly parents: readonly Row[];
  readonly auth: Identity;
  readonly variables: Variables;
}

/** At most `relation.limit` rows for each parent, in the parents' order. */
export async function readLists(db: Queryable, request: ListRequest): Promise<Row[][]> {
  const { entity, relation, plan, parents, auth, variables } = request;
  const lists: Row[][] = parents.map(() => []);
  if (entity.visible(auth) === 'none') return lists;
  const columns = relation.on.map((pair) => ({ column: pair.child, sqlType: pair.sqlType }));
  const keys = parents.map((parent) => relation.on.map((pair) => parent[`_${pair.parent}`] ?? null));
  const { rows, reading: decode } = await runPrefetching(db, plan.prefetched, (parameters, relations) => {
    const scope = { parameters, auth, variables };
    const source = keySource({ columns, keys, parameters });
    const projection = withPrefetched(plan.projection, relations, scope);
    const list = listSelect({ entity, relation, columns: projection.columns, references: source.references }, scope);
    const text = `/* read list of ${entity.type} */ select ${source.ordinal} as "_o", x.* from ${source.from}lateral (${list}) x`;
    return { text, reading: projection.decode };
  });
  for (const row of rows) {
    decode(row);
    lists[Number(row['_o']) - 1]?.push(row);
  }
  return lists;
}

/** The rows of one parent, whose values of `relation.on` are `references`. */
export function listSelect(
  list: { entity: EntityMap; relation: ListRelation; columns: string; references: readonly string[] },
  { parameters, auth }: StatementScope,
): string {
  const { entity, relation, columns, references } = list;
  const conditions = relation.on.map((pair, index) => `t.${pair.child} = ${references[index] ?? 'null'}`);
  const visible = entity.visible(auth);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  const order = relation.order.map((column) => columnReference(column)).join(', ');
  return `select ${columns} from ${entity.table} t where ${conditions.join(' and ')} order by ${order} limit ${relation.limit}`;
}

interface KeySource {
  readonly from: string;
  readonly ordinal: string;
  readonly references: readonly string[];
}

function keySource(input: {
  columns: readonly KeyColumn[];
  keys: readonly (readonly unknown[])[];
  parameters: Parameters;
}): KeySource {
  const { columns, keys, parameters } = input;
  if (keys.length === 1) {
    const references = columns.map((key, index) => parameters.add(keys[0]?.[index] ?? null, key.sqlType));
    return { from: '', ordinal: '1', references };
  }
  const arrays = columns.map((key, index) =>
    parameters.add(
      keys.map((values) => values[index] ?? null),
      `${key.sqlType}[]`,
    ),
  );
  const names = columns.map((_, index) => `k${index}`);
  return {
    from: `unnest(${arrays.join(', ')}) with ordinality p(${names.join(', ')}, o), `,
    ordinal: 'p.o::int4',
    references: names.map((name) => `p.${name}`),
  };
}
