/** Counts the figures that a connection is asked for, and what of them the database has to sort for. */
import { Kind, type ValueNode } from 'graphql';
import { groupFields, selectionSetsOf, type FieldGroup, type Fragments } from './selections.js';
import { figureFields, sortingFields } from './weights.js';

export interface FigureCount {
  /** `aggregate` and `groupBy`, under each of their aliases. */
  readonly figures: number;
  /** Columns that percentiles and counts of different values are of. */
  readonly sorted: number;
}

/** `selected` is what stands directly below the connection. */
export function countFigures(selected: readonly FieldGroup[], fragments: Fragments): FigureCount {
  const figures = selected.filter(isFigure);
  return {
    figures: figures.length,
    sorted: figures.reduce((sum, group) => sum + countSorted(group, fragments), 0),
  };
}

export function isFigure({ nodes }: FieldGroup): boolean {
  return figureFields.has(nodes[0]?.name.value ?? '');
}

/** Below `aggregate` stand leaves and objects of leaves, below `groupBy` an `aggregate` as well. */
function countSorted(group: FieldGroup, fragments: Fragments): number {
  return groupFields(selectionSetsOf(group), fragments).reduce((sum, below) => {
    const name = below.nodes[0]?.name.value ?? '';
    if (figureFields.has(name)) return sum + countSorted(below, fragments);
    if (!sortingFields.has(name)) return sum;
    return sum + Math.max(1, groupFields(selectionSetsOf(below), fragments).length);
  }, 0);
}

/** How many figures the groups are kept and ordered by. */
export function countMeasures(selected: readonly FieldGroup[], variables: Readonly<Record<string, unknown>>): number {
  const given = selected.flatMap(({ nodes }) => nodes[0]?.arguments ?? []);
  return given
    .filter(({ name }) => name.value === 'having' || name.value === 'orderBy')
    .reduce((sum, { value }) => sum + countLeaves(value, variables), 0);
}

function countLeaves(value: ValueNode, variables: Readonly<Record<string, unknown>>): number {
  switch (value.kind) {
    case Kind.VARIABLE:
      return countValues(variables[value.name.value]);
    case Kind.LIST:
      return value.values.reduce((sum, item) => sum + countLeaves(item, variables), 0);
    case Kind.OBJECT:
      return value.fields.reduce((sum, field) => sum + countLeaves(field.value, variables), 0);
    default:
      return 1;
  }
}

function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + countValues(item), 0);
}
