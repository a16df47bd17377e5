/**
 * The columns of rows, known from the selection before there is a row: objects inside are columns with a dotted name, and a
 * list inside, whatever it holds, is one column of JSON.
 */
import { getNullableType, isListType, isScalarType, isSpecifiedScalarType, type GraphQLCompositeType } from 'graphql';
import type { SelectionSetNode } from 'graphql';
import { compositeTypeOf, selectedFields, selectionSetsOf, type Selecting } from './selected-fields.js';

export interface Column {
  /** `repository.fullName` */
  readonly name: string;
  readonly path: readonly string[];
  /** Of a scalar that GraphQL does not know: a text of it that is a number was put into text to keep its digits. */
  readonly isCustomScalar: boolean;
}

export type Row = Readonly<Record<string, unknown>>;

export function columnsOf(
  selection: Selecting,
  selectionSets: readonly SelectionSetNode[],
  parent: GraphQLCompositeType,
  path: readonly string[] = [],
): Column[] {
  return selectedFields(selection, selectionSets, parent).flatMap((selected) => {
    const own = [...path, selected.key];
    const type = selected.field === null ? null : getNullableType(selected.field.type);
    const inside = isListType(type) ? null : compositeTypeOf(selected);
    if (inside !== null) return columnsOf(selection, selectionSetsOf(selected), inside, own);
    const isCustomScalar = isScalarType(type) && !isSpecifiedScalarType(type);
    return [{ name: own.join('.'), path: own, isCustomScalar }];
  });
}

/** Null where the value is, or an object around it. */
export function valueAt(row: Row, { path }: Column): unknown {
  let value: unknown = row;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? null;
}
