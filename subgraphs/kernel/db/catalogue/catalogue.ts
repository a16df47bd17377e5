/** A database's catalogue as data: what `read-catalogue` reads and `compare-catalogue` and `print-catalogue` look at. */

export interface CatalogueColumn {
  readonly name: string;
  /** As PostgreSQL prints it, in the short spellings: `timestamptz`, `varchar(255)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** The default's or the generated expression, null when there is neither. */
  readonly expression: string | null;
  readonly kind: 'plain' | 'generated' | 'identity';
}

export interface CatalogueConstraint {
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'check' | 'foreign key' | 'trigger' | 'exclusion';
  readonly columns: readonly string[];
  readonly definition: string;
}

export interface CatalogueIndex {
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  /** Each as PostgreSQL prints it, with ` desc` where it is descending. */
  readonly columns: readonly string[];
  readonly predicate: string | null;
}

export interface CatalogueTrigger {
  readonly name: string;
  readonly definition: string;
  /** `always` fires under session_replication_role = replica too. */
  readonly enabled: 'origin' | 'always' | 'replica' | 'disabled';
}

export interface CatalogueTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly CatalogueColumn[];
  readonly constraints: readonly CatalogueConstraint[];
  readonly indexes: readonly CatalogueIndex[];
  readonly triggers: readonly CatalogueTrigger[];
}

export interface Catalogue {
  readonly tables: readonly CatalogueTable[];
  readonly enums: readonly { readonly schema: string; readonly name: string; readonly values: readonly string[] }[];
  readonly routines: readonly { readonly schema: string; readonly signature: string; readonly definition: string }[];
}

export const catalogueSchemas: readonly string[] = [
  'platform',
  'traceability',
  'evidence',
  'builds',
  'scanning',
  'workflow',
];
