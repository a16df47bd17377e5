/** How the contract of a source document is written down, and how a line of it is read. */

export interface ContractTable {
  /**
   * `name type [primary key] [not null] [unique] [default …] [references schema.table [on delete …]] [in (value, …)]`,
   * in this order. `in` is the closed list of values, by check or by enum.
   */
  readonly columns: readonly string[];
  /** `[unique] [name] (column [desc], …) [method]`; without a name, any index or constraint with these columns will do. */
  readonly indexes?: readonly string[];
  /** Conditions that some check of the table must state, as PostgreSQL prints them without parentheses and casts. */
  readonly checks?: readonly string[];
  /** UPDATE, DELETE and TRUNCATE are refused, under session_replication_role = replica too. */
  readonly appendOnly?: true;
  /** `updated_at` follows every update. */
  readonly touched?: true;
}

export interface ContractSection {
  readonly document: string;
  readonly schema: string;
  /** Whether a column without `not null` may be null by the document, or the document says nothing about it. */
  readonly statesNullability: boolean;
  readonly tables: Readonly<Record<string, ContractTable>>;
  readonly enums?: Readonly<Record<string, readonly string[]>>;
}

export interface ContractColumn {
  readonly name: string;
  readonly type: string;
  readonly primaryKey: boolean;
  readonly notNull: boolean;
  readonly unique: boolean;
  readonly default: string | null;
  readonly references: { readonly table: string; readonly onDelete: string } | null;
  readonly values: readonly string[] | null;
}

export interface ContractIndex {
  readonly name: string | null;
  readonly unique: boolean;
  readonly columns: readonly string[];
  readonly method: string;
}

const columnLine =
  /^(?<name>\w+) (?<type>[\w.]+(?:\([\d,]+\))?)(?<primaryKey> primary key)?(?<notNull> not null)?(?<unique> unique)?(?: default (?<value>.+?))?(?: references (?<table>\w+\.\w+)(?: on delete (?<onDelete>cascade|set null))?)?(?: in \((?<values>[^()]+)\))?$/;
const indexLine = /^(?<unique>unique )?(?:(?<name>\w+) )?\((?<columns>.+)\)(?: (?<method>\w+))?$/;

export function parseColumn(line: string): ContractColumn {
  const parts = columnLine.exec(line)?.groups;
  if (parts === undefined) throw new Error(`not a column of the contract: ${line}`);
  const { name = '', type = '', value, table, onDelete, values } = parts;
  return {
    name,
    type,
    primaryKey: parts['primaryKey'] !== undefined,
    notNull: parts['notNull'] !== undefined || parts['primaryKey'] !== undefined,
    unique: parts['unique'] !== undefined,
    default: value ?? null,
    references: table === undefined ? null : { table, onDelete: onDelete ?? 'no action' },
    values: values?.split(', ') ?? null,
  };
}

export function parseIndex(line: string): ContractIndex {
  const parts = indexLine.exec(line)?.groups;
  if (parts === undefined) throw new Error(`not an index of the contract: ${line}`);
  const { name, columns = '', method } = parts;
  return {
    name: name ?? null,
    unique: parts['unique'] !== undefined,
    columns: columns.split(', '),
    method: method ?? 'btree',
  };
}
