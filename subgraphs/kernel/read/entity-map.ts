/** The vocabulary in which a domain declares its entities as data. Everything the engine does follows from these maps. */
import type { Identity } from '../auth/index.js';
import type { Parameters } from './parameters.js';

/**
 * How a column's value compares, orders and travels.
 * `id` is a column that holds the key of another entity and shows as its global id.
 */
export type FieldKind =
  'text' | 'uuid' | 'integer' | 'bigint' | 'numeric' | 'boolean' | 'timestamp' | 'json' | 'enum' | 'id';

export interface FieldMap {
  readonly kind: FieldKind;
  /** A column of the entity's table, or an SQL expression over the alias it is given. */
  readonly source: string | ((table: string) => string);
  /** PostgreSQL's type, for casts of filter values and cursors. */
  readonly sqlType: string;
  /** For `kind: "id"`: the GraphQL type that the key belongs to. */
  readonly idType?: string;
  /** May be pages long: read once for its row, not once for each row that leads there. */
  readonly isLarge?: true;
  /** Of any length: not ordered by, since a cursor holds the values of its order. */
  readonly isUnbounded?: true;
  /** Computed from many other rows: conditions on it are charged as counts of rows are. */
  readonly isDerived?: true;
  /** Stored in lower case: what it is compared with is folded. */
  readonly isFolded?: boolean;
}

type Source = FieldMap['source'];

/** Columns and expressions by kind: `title: field.text('title')`. */
export const field = {
  text: (source: Source): FieldMap => ({ kind: 'text', source, sqlType: 'text' }),
  longText: (source: Source): FieldMap => ({ kind: 'text', source, sqlType: 'text', isLarge: true }),
  /** What people and programs write down, such as an error: as long as it comes, and small as a rule. */
  freeText: (source: Source): FieldMap => ({ kind: 'text', source, sqlType: 'text', isUnbounded: true }),
  uuid: (source: Source): FieldMap => ({ kind: 'uuid', source, sqlType: 'uuid' }),
  integer: (source: Source): FieldMap => ({ kind: 'integer', source, sqlType: 'int4' }),
  bigint: (source: Source): FieldMap => ({ kind: 'bigint', source, sqlType: 'int8' }),
  /** `numeric` in the database, `Float` in the graph. */
  numeric: (source: Source): FieldMap => ({ kind: 'numeric', source, sqlType: 'numeric' }),
  boolean: (source: Source): FieldMap => ({ kind: 'boolean', source, sqlType: 'boolean' }),
  timestamp: (source: Source): FieldMap => ({ kind: 'timestamp', source, sqlType: 'timestamptz' }),
  json: (source: Source): FieldMap => ({ kind: 'json', source, sqlType: 'jsonb' }),
  /** Stored spelling in the row; the graph's spelling comes from the enum's resolver map. */
  enum: (source: Source, sqlType = 'text'): FieldMap => ({ kind: 'enum', source, sqlType }),
  /** The key of another entity, shown as its global id. */
  id: (idType: string, source: Source, sqlType = 'uuid'): FieldMap => ({ kind: 'id', source, sqlType, idType }),
} as const;

/** An SQL condition over the row `table`; values go through `parameters`, never into the text. */
export type Predicate = (table: string, parameters: Parameters) => string;

/** Which rows a caller may see. `all` and `none` cost nothing in SQL. */
export type Visibility = 'all' | 'none' | Predicate;

/** `child` is a column of the related table, `parent` one of this entity's, both of `sqlType`. */
export interface Match {
  readonly child: string;
  readonly parent: string;
  readonly sqlType: string;
}

export function match(child: string, parent: string, sqlType = 'uuid'): Match {
  return { child, parent, sqlType };
}

/** A join table between parent and child; its columns become fields of the edge. */
export interface Through {
  readonly table: string;
  /** `child` is a column of the join table, `parent` one of the parent entity. */
  readonly parent: readonly Match[];
  /** `child` is a column of the related table, `parent` one of the join table. */
  readonly child: readonly Match[];
  readonly edgeFields?: Readonly<Record<string, FieldMap>>;
}

export interface OneRelation {
  readonly kind: 'one';
  readonly type: string;
  readonly on: readonly Match[];
  /** A join table that says which row it is, in the place of `on`. It must lead to one row at most. */
  readonly through?: Omit<Through, 'edgeFields'>;
}

/** At most `limit` rows as a plain list: only for sets that the domain bounds. */
export interface ListRelation {
  readonly kind: 'list';
  readonly type: string;
  readonly on: readonly Match[];
  readonly order: readonly OrderColumn[];
  readonly limit: number;
}

export interface ConnectionRelation {
  readonly kind: 'connection';
  readonly type: string;
  readonly on: readonly Match[];
  /** What joins instead of equality: a condition over the child's row and the parent's values, in the order of `on`. */
  readonly by?: (child: string, parent: readonly string[]) => string;
  readonly through?: Through;
  /** Narrows the rows whatever the caller's filter says. */
  readonly where?: Predicate;
  /** Orders that only this connection has (over the join table), beside the entity's own. */
  readonly orders?: Readonly<Record<string, readonly OrderColumn[]>>;
  readonly defaultOrder?: Order;
}

/** Another entity known by its key alone: no statement, the owner resolves the rest. */
export interface ReferenceRelation {
  readonly kind: 'reference';
  readonly type: string;
  /** Key field of the referenced type → column of this entity. */
  readonly key: Readonly<Record<string, string>>;
}

/** An entity of one of several types, by the global id that `column` holds: no statement, the owner resolves the rest. */
export interface UnionRelation {
  readonly kind: 'union';
  readonly types: readonly string[];
  readonly column: string;
}

export type RelationMap = OneRelation | ListRelation | ConnectionRelation | ReferenceRelation | UnionRelation;

/** What a domain adds to an entity of another, which it knows by its global id alone: that is the parent's `id`. */
export interface EntityExtension {
  readonly type: string;
  readonly relations: Readonly<Record<string, ConnectionRelation>>;
  /** Filtered and ordered by wherever the entity is. What they are for a caller who selects them, a resolver of the domain says. */
  readonly fields?: Readonly<Record<string, ExtensionField>>;
}

/** A value that rows of one domain give to an entity of another. */
export interface ExtensionField {
  readonly kind: FieldKind;
  readonly sqlType: string;
  /** The relation of the same extension over whose rows it is computed. */
  readonly over: string;
  /** Fields of the entity's own map that it takes as well. */
  readonly requires?: readonly string[];
  /** SQL over `from ${rows.from}`, whose rows are `${rows.row}`, and over the entity's own fields. */
  readonly source: (rows: { readonly from: string; readonly row: string }, own: (field: string) => string) => string;
}

export interface OrderColumn {
  /** A column of the entity's table; `j.column` is one of the join table. */
  readonly column: string;
  readonly sqlType: string;
  /** Nulls are the greatest value, as PostgreSQL orders them by default. */
  readonly nullable?: boolean;
  /** Greatest first where the order as a whole has the least first, and the other way round. */
  readonly isOpposed?: true;
}

export function orderBy(column: string, sqlType: string, options: { nullable?: boolean } = {}): OrderColumn {
  return { column, sqlType, ...options };
}

export interface Order {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
}

/** A filter that is not a comparator over a field: `value` is what the caller gave, as the input type coerces it. */
export type CustomFilter = (value: unknown, table: string, parameters: Parameters) => string;

export interface EntityKeyColumn {
  readonly column: string;
  readonly sqlType: string;
  /** Stored in lower case, and found in any. */
  readonly lowerCase?: true;
}

export interface EntityMap {
  /** Name of the GraphQL type. */
  readonly type: string;
  /** What its connections, filters and orders are called by where another domain's are called by the type. */
  readonly connectionName?: string;
  /** Schema-qualified table or view, or a select in parentheses: PostgreSQL takes the conditions of a page down into it. */
  readonly table: string;
  /** Column of the natural or surrogate key behind `id`; it is the last tie-break of every order. */
  readonly key: EntityKeyColumn;
  /** For an entity that is a key of several columns and no row of its own; `parse` throws BAD_USER_INPUT for a malformed one. */
  readonly compoundKey?: {
    readonly columns: readonly { readonly column: string; readonly sqlType: string }[];
    /** The key in its one spelling, and the value of each column. */
    readonly parse: (key: string) => { readonly key: string; readonly values: readonly string[] };
  };
  /** Other keys that `@key` names, by their field: `{ fullName: { column: 'full_name', sqlType: 'text' } }`. */
  readonly alternateKeys?: Readonly<Record<string, EntityKeyColumn>>;
  /** True when a reference resolves to a bare key though this domain has no row for it. */
  readonly resolvesWithoutRow?: boolean;
  readonly fields: Readonly<Record<string, FieldMap>>;
  readonly relations?: Readonly<Record<string, RelationMap>>;
  /** Fields with a resolver of their own → the columns it reads from its parent as `_column`. */
  readonly computed?: Readonly<Record<string, readonly string[]>>;
  /** Names of `fields` that can be filtered with a comparator. */
  readonly filters?: readonly string[];
  /** Filtered with a comparator as well, and not shown as fields. */
  readonly filterFields?: Readonly<Record<string, FieldMap>>;
  readonly customFilters?: Readonly<Record<string, CustomFilter>>;
  /** Values of the type's order enum. */
  readonly orders?: Readonly<Record<string, readonly OrderColumn[]>>;
  readonly defaultOrder?: Order;
  /** Its table is a select expensive enough to be planned for the very values that it is asked for: not read with its parent. */
  readonly isReadAlone?: true;
  /** Rows that the caller may see. It is compiled into every statement that touches the table. */
  readonly visible: (auth: Identity) => Visibility;
}

/** Keeps the literal types of a map while checking its shape. */
export function entity<const Map extends EntityMap>(map: Map): Map {
  return map;
}

/** For tables whose rows every caller that may reach the graph may see. */
export const everyone = (): Visibility => 'all';
