/** Which columns a statement reads for a selection, and how the rows become what resolvers return. */
import { toInteger, toTimestamp } from '../db/value-types.js';
import { toGlobalId } from '../ids/index.js';
import { columnTypes } from './column-types.js';
import type { EntityMap, FieldMap, RelationMap } from './entity-map.js';

/** A row as resolvers see it: fields by their GraphQL name, columns that relations need as `_column`. */
export type Row = Record<string, unknown>;

export interface Projection {
  /** `t.title as "title"` and so on, joined; never empty. */
  readonly columns: string;
  /** In place, once for each row. */
  readonly decode: (row: Row) => void;
  /** False when the carrier would change a column whose type is not known: the row must then come in another. */
  readonly isFaithful: boolean;
}

/** What a row comes in: columns, as the driver reads them, or a JSON value that is itself a column of another row. */
export type Carrier = 'columns' | 'json';

export interface ProjectionOptions {
  /** Default `columns`. */
  readonly carrier?: Carrier;
  /** Fields of the edge, over the join table `j`: in the row as `_edge_name`. */
  readonly edgeFields?: Readonly<Record<string, FieldMap>>;
}

export function fieldExpression(field: FieldMap, table: string): string {
  return typeof field.source === 'string' ? `${table}.${field.source}` : field.source(table);
}

/** The columns of the parent that a relation joins by. */
function parentColumns(relation: RelationMap): readonly string[] {
  switch (relation.kind) {
    case 'reference':
      return Object.values(relation.key);
    case 'union':
      return [relation.column];
    case 'connection':
    case 'one':
      return (relation.through?.parent ?? relation.on).map((pair) => pair.parent);
    case 'list':
      return relation.on.map((pair) => pair.parent);
  }
}

/** Columns that relations and computed fields among `names` need of their row. */
function hiddenColumns(entity: EntityMap, names: Iterable<string>): Set<string> {
  const columns = new Set<string>();
  for (const name of names) {
    const relation = entity.relations?.[name];
    const needed = relation === undefined ? (entity.computed?.[name] ?? []) : parentColumns(relation);
    for (const column of needed) columns.add(column);
  }
  return columns;
}

/** The columns for a set of field names. */
export function project(entity: EntityMap, names: Iterable<string>, options: ProjectionOptions = {}): Projection {
  const { carrier = 'columns', edgeFields = {} } = options;
  const selected = [...names];
  const columns: string[] = [];
  const decoders: ((row: Row) => void)[] = [];
  const add = (alias: string, expression: string, sqlType: string | undefined, decode: Decode | null): void => {
    const carried = carriedColumn(expression, sqlType, carrier);
    columns.push(`${carried.expression} as "${alias}"`);
    for (const step of [carried.decode, decode]) {
      if (step === null) continue;
      decoders.push((row) => {
        if (row[alias] !== null) row[alias] = step(row[alias]);
      });
    }
  };
  for (const [name, field] of Object.entries(edgeFields))
    add(`_edge_${name}`, fieldExpression(field, 'j'), field.sqlType, decoderOf(field));
  for (const name of selected) {
    const field = entity.fields[name];
    if (field !== undefined) add(name, fieldExpression(field, 't'), field.sqlType, decoderOf(field));
  }
  const types = columnTypes(entity);
  const hidden = [...hiddenColumns(entity, selected)];
  for (const column of hidden) add(`_${column}`, `t.${column}`, types.get(column), null);
  return {
    columns: columns.length === 0 ? '1 as "_"' : columns.join(', '),
    decode: (row) => {
      for (const decoder of decoders) decoder(row);
    },
    isFaithful: carrier === 'columns' || hidden.every((column) => types.has(column)),
  };
}

/** Makes a value of a row, never null, into what the row shall hold. */
type Decode = (value: unknown) => unknown;

/** Types whose JSON value is what the driver would have read. All others go as text, to be read as the driver reads it. */
const plainInJson: ReadonlySet<string | undefined> = new Set([
  'text',
  'text[]',
  'uuid',
  'int2',
  'int4',
  'boolean',
  'float8',
  'json',
  'jsonb',
]);
const fromText: Readonly<Record<string, (text: string) => unknown>> = { int8: toInteger, timestamptz: toTimestamp };

/** A column on its way: JSON would round large and exact numbers and spell timestamps in another way. */
export function carriedColumn(
  expression: string,
  sqlType: string | undefined,
  carrier: Carrier,
): { readonly expression: string; readonly decode: Decode | null } {
  if (carrier === 'columns' || plainInJson.has(sqlType)) return { expression, decode: null };
  const read = fromText[sqlType ?? ''];
  return {
    expression: `(${expression})::text`,
    decode: read === undefined ? null : (value) => read(value as string),
  };
}

/** What the driver's value still lacks to be the field's value; null when nothing. */
function decoderOf({ kind, idType }: FieldMap): Decode | null {
  if (kind === 'id' && idType !== undefined) return (value) => toGlobalId(idType, String(value));
  return kind === 'numeric' ? Number : null;
}
