/** Holds a live catalogue against what the source documents ask: what is missing, and what stands there beyond it. */
import type { Catalogue, CatalogueColumn, CatalogueTable } from './catalogue.js';
import {
  parseColumn,
  parseIndex,
  type ContractColumn,
  type ContractIndex,
  type ContractSection,
  type ContractTable,
} from './seed-contract/contract.js';

export interface CatalogueReport {
  /** Asked for and not there, or there and other. The database breaks the contract when there is one. */
  readonly missing: readonly string[];
  /** There and not asked for: this product's own decisions. */
  readonly extra: readonly string[];
}

export function compareCatalogue(catalogue: Catalogue, contract: readonly ContractSection[]): CatalogueReport {
  const missing: string[] = [];
  const extra: string[] = [];
  const live = new Map(catalogue.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  for (const { schema, statesNullability, tables, enums } of contract) {
    for (const [name, table] of Object.entries(tables)) {
      const found = live.get(`${schema}.${name}`);
      live.delete(`${schema}.${name}`);
      if (found === undefined) missing.push(`table ${schema}.${name}`);
      else {
        missing.push(...lacks(found, table).map((what) => `${schema}.${name}: ${what}`));
        extra.push(...beyond(found, table, statesNullability).map((what) => `${schema}.${name}: ${what}`));
      }
    }
    for (const [name, values] of Object.entries(enums ?? {})) {
      const found = catalogue.enums.find((candidate) => candidate.schema === schema && candidate.name === name);
      if (found === undefined) missing.push(`enum ${schema}.${name}`);
      else if (!sameSet(found.values, values)) missing.push(`enum ${schema}.${name}: ${values.join(', ')}`);
    }
  }
  extra.push(...Array.from(live.keys(), (name) => `table ${name}`));
  return { missing, extra };
}

function lacks(live: CatalogueTable, asked: ContractTable): string[] {
  const columns = asked.columns.map(parseColumn);
  return [
    ...columns.flatMap((column) => lacksColumn(live, column)),
    ...(asked.indexes ?? []).map(parseIndex).flatMap((index) => lacksIndex(live, index)),
    ...(asked.checks ?? []).filter((check) => !hasCheck(live, check)).map((check) => `check (${check})`),
    ...(asked.appendOnly === true && !isAppendOnly(live) ? ['triggers that make it append-only'] : []),
    ...(asked.touched === true && !hasTrigger(live, /BEFORE UPDATE .*touch_updated_at\(\)/)
      ? ['a trigger for updated_at']
      : []),
  ];
}

function lacksColumn(live: CatalogueTable, asked: ContractColumn): string[] {
  const found = live.columns.find((column) => column.name === asked.name);
  if (found === undefined) return [`column ${asked.name}`];
  const lacking: string[] = [];
  const need = (holds: boolean, what: string): void => {
    if (!holds) lacking.push(`column ${asked.name}: ${what}`);
  };
  need(found.type === asked.type, `type ${asked.type}, is ${found.type}`);
  need(found.notNull || !asked.notNull, 'not null');
  if (asked.default !== null) need(defaultOf(found) === asked.default, `default ${asked.default}`);
  if (asked.primaryKey) need(hasKey(live, [asked.name], true), 'primary key');
  if (asked.unique) need(hasKey(live, [asked.name], false), 'unique');
  if (asked.values !== null) {
    need(sameSet(valuesOf(live, asked.name), asked.values), `checked to be one of ${asked.values.join(', ')}`);
  }
  if (asked.references !== null) {
    const { table, onDelete } = asked.references;
    need(hasForeignKey(live, asked.name, table, onDelete), `foreign key to ${table}, on delete ${onDelete}`);
    need(isIndexed(live, asked.name), 'an index for its foreign key');
  }
  return lacking;
}

function lacksIndex(live: CatalogueTable, asked: ContractIndex): string[] {
  const found = live.indexes.some(
    (index) =>
      (asked.name === null || index.name === asked.name) &&
      (index.unique || !asked.unique) &&
      index.method === asked.method &&
      (asked.columns[0] === '*' || index.columns.map(withoutQuotes).join() === asked.columns.join()),
  );
  return found ? [] : [`index ${asked.name ?? ''}(${asked.columns.join(', ')})`];
}

/** Columns, and columns that the document lets be null and this database does not. */
function beyond(live: CatalogueTable, asked: ContractTable, statesNullability: boolean): string[] {
  const columns = new Map(asked.columns.map(parseColumn).map((column) => [column.name, column]));
  return live.columns.flatMap((column) => {
    const contract = columns.get(column.name);
    if (contract === undefined) return [`column ${column.name}`];
    return statesNullability && column.notNull && !contract.notNull ? [`column ${column.name}: not null`] : [];
  });
}

function defaultOf(column: CatalogueColumn): string | null {
  return column.kind === 'plain' && column.expression !== null ? withoutCasts(column.expression) : null;
}

/** Of a check on this column alone, or of its enum. */
function valuesOf(live: CatalogueTable, column: string): string[] {
  const checks = live.constraints.filter(
    ({ kind, columns, definition }) => kind === 'check' && columns.join() === column && definition.includes('= ANY'),
  );
  return checks.flatMap(({ definition }) => Array.from(definition.matchAll(/'([^']*)'/g), (match) => match[1] ?? ''));
}

function hasCheck(live: CatalogueTable, check: string): boolean {
  return live.constraints.some(({ kind, definition }) => {
    const condition = withoutCasts(
      definition.replace(/^CHECK /, '').replace(/[()](?![^']*'(?:[^']*'[^']*')*[^']*$)/g, ''),
    );
    return kind === 'check' && condition.replace(/ AND /g, ' and ') === check;
  });
}

function hasKey(live: CatalogueTable, columns: readonly string[], primary: boolean): boolean {
  return live.constraints.some(
    (key) =>
      (key.kind === 'primary key' || (!primary && key.kind === 'unique')) && key.columns.join() === columns.join(),
  );
}

function hasForeignKey(live: CatalogueTable, column: string, table: string, onDelete: string): boolean {
  return live.constraints.some(
    ({ kind, columns, definition }) =>
      kind === 'foreign key' &&
      columns.join() === column &&
      definition.includes(`REFERENCES ${table}(`) &&
      (/ON DELETE ([A-Z ]+?)(?: DEFERRABLE.*)?$/.exec(definition)?.[1] ?? 'NO ACTION').toLowerCase() === onDelete,
  );
}

function isIndexed(live: CatalogueTable, column: string): boolean {
  return live.indexes.some((index) => index.predicate === null && index.columns[0] === column);
}

function isAppendOnly(live: CatalogueTable): boolean {
  const always = live.triggers.filter((trigger) => trigger.enabled === 'always');
  const refuses = (pattern: RegExp): boolean =>
    always.some(({ definition }) => pattern.test(definition) && definition.includes('platform.refuse_change()'));
  return refuses(/BEFORE (DELETE OR UPDATE|UPDATE OR DELETE) ON .* FOR EACH ROW/) && refuses(/BEFORE TRUNCATE ON/);
}

function hasTrigger(live: CatalogueTable, pattern: RegExp): boolean {
  return live.triggers.some(({ definition }) => pattern.test(definition));
}

/** `"timestamp" desc` → `timestamp desc`: PostgreSQL quotes what could be a keyword. */
function withoutQuotes(column: string): string {
  return column.replace(/^"(\w+)"/, '$1');
}

function withoutCasts(expression: string): string {
  return expression.replace(/::(?:character varying|double precision|[a-z_.]+)(?:\(\d+(?:,\d+)?\))?(?:\[\])?/g, '');
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && right.every((value) => left.includes(value));
}
