/** Prints a catalogue as text that reads well in a diff: sorted, one thing per line, the same for both engines. */
import type { Catalogue, CatalogueColumn, CatalogueIndex, CatalogueTable } from './catalogue.js';
import { vectorIndexes } from './vector-indexes.js';

export function printCatalogue(catalogue: Catalogue): string {
  const types = catalogue.enums.map(({ schema, name, values }) => `enum ${schema}.${name}: ${values.join(', ')}\n`);
  const routines = catalogue.routines.map(
    ({ schema, signature, definition }) => `routine ${schema}.${signature}\n${indent(definition.trim())}\n`,
  );
  return [...types, ...catalogue.tables.map(printTable), ...routines].join('\n');
}

function printTable(table: CatalogueTable): string {
  const constraintNames = new Set(table.constraints.map((constraint) => constraint.name));
  const lines = [
    ...table.columns.map((column) => `column ${printColumn(column)}`),
    ...table.constraints.map(({ name, definition }) => `constraint ${name} ${definition}`),
    ...table.indexes
      .filter((index) => !constraintNames.has(index.name) && !isMadeAtBoot(table, index))
      .map((index) => `index ${printIndex(index)}`),
    ...table.triggers.map(
      ({ definition, enabled }) => `trigger ${definition}${enabled === 'origin' ? '' : ` [${enabled}]`}`,
    ),
  ];
  return `table ${table.schema}.${table.name}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function printColumn({ name, type, notNull, expression, kind }: CatalogueColumn): string {
  const value =
    kind === 'identity'
      ? ' identity'
      : expression === null
        ? ''
        : kind === 'generated'
          ? ` generated ${expression}`
          : ` default ${expression}`;
  return `${name} ${type}${notNull ? ' not null' : ''}${value}`.replace(/\s+/g, ' ');
}

function printIndex({ name, method, unique, columns, predicate }: CatalogueIndex): string {
  return `${name} ${unique ? 'unique ' : ''}${method} (${columns.join(', ')})${predicate === null ? '' : ` where ${predicate}`}`;
}

function isMadeAtBoot(table: CatalogueTable, index: CatalogueIndex): boolean {
  return vectorIndexes.some((vector) => vector.schema === table.schema && vector.name === index.name);
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
