/** Rows by key: one, or many in the keys' order with null for the missing, with one statement. */
import type { Identity } from '../auth/index.js';
import type { Queryable } from '../db/database.js';
import type { EntityMap, ListRelation, OneRelation } from './entity-map.js';
import { columnReference } from './ordering.js';
import { Parameters } from './parameters.js';
import { project, type Row } from './projection.js';
import { runStatement } from './statements.js';

export interface KeyColumn {
  readonly column: string;
  readonly sqlType: string;
}

export interface KeyRequest {
  readonly entity: EntityMap;
  readonly columns: readonly KeyColumn[];
  /** When given, `columns` are those of its table. */
  readonly through?: OneRelation['through'];
  /** Names of the selected fields. */
  readonly names: Iterable<string>;
  /** Each key has one value for each of `columns`. */
  readonly keys: readonly (readonly unknown[])[];
  readonly auth: Identity;
}

/** `keys.map(key => its row, or null)`. A row that the caller may not see is null. */
export async function readByKeys(db: Queryable, request: KeyRequest): Promise<(Row | null)[]> {
  const { entity, columns, keys, through } = request;
  const visible = entity.visible(request.auth);
  if (visible === 'none') return keys.map(() => null);
  const projection = project(entity, request.names);
  const parameters = new Parameters();
  const source = keySource({ columns, keys, parameters });
  const keyTable = through === undefined ? 't' : 'j';
  const conditions = columns.map((key, index) => `${keyTable}.${key.column} = ${source.references[index] ?? 'null'}`);
  for (const pair of through?.child ?? []) conditions.push(`t.${pair.child} = j.${pair.parent}`);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  const joined = through === undefined ? '' : `${through.table} j, `;
  const text =
    `/* read ${entity.type} by key */ select ${source.ordinal} as "_o", ${projection.columns} ` +
    `from ${source.from}${joined}${entity.table} t where ${conditions.join(' and ')}`;
  const found: (Row | null)[] = keys.map(() => null);
  for (const row of await runStatement<Row>(db, text, parameters.values)) {
    projection.decode(row);
    found[Number(row['_o']) - 1] = row;
  }
  return found;
}

export interface ListRequest {
  readonly entity: EntityMap;
  readonly relation: ListRelation;
  readonly names: Iterable<string>;
  readonly parents: readonly Row[];
  readonly auth: Identity;
}

/** At most `relation.limit` rows for each parent, in the parents' order. */
export async function readLists(db: Queryable, request: ListRequest): Promise<Row[][]> {
  const { entity, relation, parents } = request;
  const lists: Row[][] = parents.map(() => []);
  const visible = entity.visible(request.auth);
  if (visible === 'none') return lists;
  const projection = project(entity, request.names);
  const parameters = new Parameters();
  const columns = relation.on.map((pair) => ({ column: pair.child, sqlType: pair.sqlType }));
  const keys = parents.map((parent) => relation.on.map((pair) => parent[`_${pair.parent}`] ?? null));
  const source = keySource({ columns, keys, parameters });
  const conditions = columns.map((key, index) => `t.${key.column} = ${source.references[index] ?? 'null'}`);
  if (typeof visible === 'function') conditions.push(`(${visible('t', parameters)})`);
  const order = relation.order.map((column) => columnReference(column)).join(', ');
  const rows = `select ${projection.columns} from ${entity.table} t where ${conditions.join(' and ')} order by ${order} limit ${relation.limit}`;
  const text = `/* read list of ${entity.type} */ select ${source.ordinal} as "_o", x.* from ${source.from}lateral (${rows}) x`;
  for (const row of await runStatement<Row>(db, text, parameters.values)) {
    projection.decode(row);
    lists[Number(row['_o']) - 1]?.push(row);
  }
  return lists;
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
