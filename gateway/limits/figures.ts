/** Counts the figures that a connection is asked for, and what of them the database has to sort for. */
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

function isFigure({ nodes }: FieldGroup): boolean {
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
